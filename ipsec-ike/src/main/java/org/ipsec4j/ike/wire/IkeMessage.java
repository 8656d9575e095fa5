package org.ipsec4j.ike.wire;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An IKE message: its header and its payloads in order. Of an opened message these are the payloads
 * inside the encrypted one.
 *
 * @param header the fixed header
 * @param payloads in the order of the message
 */
public record IkeMessage(IkeHeader header, List<Payload> payloads) {
  /** Copies the list. */
  public IkeMessage {
    payloads = List.copyOf(payloads);
  }

  /** The first payload of a kind, or null. */
  public <P extends Payload> @Nullable P first(Class<P> kind) {
    for (Payload payload : payloads) {
      if (kind.isInstance(payload)) {
        return kind.cast(payload);
      }
    }
    return null;
  }

  /** All payloads of a kind in order. */
  public <P extends Payload> List<P> all(Class<P> kind) {
    return payloads.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The Identification payload of a side, if it is there. */
  public Optional<IdPayload> id(Role role) {
    return all(IdPayload.class).stream().filter(id -> id.role() == role).findFirst();
  }

  /** The Traffic Selector payload of a side, if it is there. */
  public Optional<TsPayload> selectors(Role role) {
    return all(TsPayload.class).stream().filter(ts -> ts.role() == role).findFirst();
  }

  /** The first notification of that type, if it is there. */
  public Optional<NotifyPayload> notification(NotifyType type) {
    return all(NotifyPayload.class).stream().filter(notify -> notify.is(type)).findFirst();
  }

  /** Whether a notification of that type is there. */
  public boolean has(NotifyType type) {
    return notification(type).isPresent();
  }

  /** The first notification that reports an error, known or not, if one is there. */
  public Optional<NotifyPayload> error() {
    return all(NotifyPayload.class).stream().filter(NotifyPayload::isError).findFirst();
  }

  /** As the RFC's pictures write it, without the content of payloads. */
  @Override
  public String toString() {
    return header
        + payloads.stream().map(IkeMessage::name).collect(Collectors.joining(", ", " { ", " }"));
  }

  private static String name(Payload payload) {
    return payload instanceof NotifyPayload notify
        ? "N(" + NotifyType.name(notify.notifyType()) + ")"
        : PayloadType.name(payload.type());
  }
}
