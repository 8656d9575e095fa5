package org.ipsec4j.cli.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.WeakChoice;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStatus;

/**
 * Events and states as named fields, the first of them {@code event}: what {@code --events json}
 * prints, and the documented interface for programs (docs/events.md). SPIs of ESP are numbers, SPIs
 * of IKE are 16 hexadecimal digits.
 */
final class EventFields {
  private EventFields() {}

  static Map<String, Object> of(NodeEvent event) {
    return switch (event) {
      case NodeEvent.Started started -> named("ready");
      case NodeEvent.Ike ike -> of(ike.event());
      case NodeEvent.ProviderRefused refused ->
          with(named("provider-refused"), "reason", refused.reason());
      case NodeEvent.CryptoChosen chosen -> CryptoFields.of(chosen);
      case NodeEvent.CryptoFailedOver failed -> CryptoFields.of(failed);
      case NodeEvent.CryptoLost lost -> CryptoFields.of(lost);
      case NodeEvent.CryptoReadmitted readmitted -> CryptoFields.of(readmitted);
      case NodeEvent.WeakAlgorithms weak -> weak(named("weak-algorithms"), weak.choice());
      case NodeEvent.InstallFailed failed ->
          with(named("install-failed"), "reason", failed.reason());
      case NodeEvent.NoNativePath none -> with(named("no-native-path"), "reason", none.reason());
      case NodeEvent.Manual manual -> manual(manual);
      case NodeEvent.Trouble trouble -> with(named("trouble"), "reason", trouble.what());
      case NodeEvent.Stopped stopped ->
          with(named("stopped"), "counters", counters(stopped.counters()));
    };
  }

  private static Map<String, Object> of(IkeEvent event) {
    return switch (event) {
      case IkeEvent.IkeUp up -> ikeUp(up);
      case IkeEvent.IkeRekeyed rekeyed -> ikeRekeyed(rekeyed);
      case IkeEvent.IkeDown down ->
          with(ike("ike-down", down.peer(), down.ikeSa()), "reason", down.reason().name());
      case IkeEvent.ChildUp up -> childUp(up);
      case IkeEvent.ChildRekeyed rekeyed -> childRekeyed(rekeyed);
      case IkeEvent.ChildDown down -> {
        Map<String, Object> fields = child("child-down", down.peer(), down.name());
        yield with(fields, "reason", down.reason().name());
      }
      case IkeEvent.NegotiationFailed failed -> failed(failed);
      case IkeEvent.PeerMoved moved -> {
        Map<String, Object> fields = ike("peer-moved", moved.peer(), moved.ikeSa());
        with(fields, "from", moved.from().toString());
        yield with(fields, "to", moved.to().toString());
      }
      case IkeEvent.KeysExported keys -> ike("keys-exported", keys.peer(), keys.ikeSa());
    };
  }

  private static Map<String, Object> manual(NodeEvent.Manual manual) {
    String change = manual.change().name().toLowerCase(Locale.ROOT);
    Map<String, Object> fields = child("manual-" + change, ManualChild.PEER, manual.name());
    with(fields, "algorithms", manual.transform());
    with(fields, "spiIn", Integer.toUnsignedLong(manual.inboundSpi()));
    return with(fields, "spiOut", Integer.toUnsignedLong(manual.outboundSpi()));
  }

  private static Map<String, Object> ikeUp(IkeEvent.IkeUp up) {
    Map<String, Object> fields = ike("ike-up", up.peer(), up.ikeSa());
    with(fields, "initiator", up.initiator());
    with(fields, "identity", up.remoteIdentity().toString());
    with(fields, "local", up.local().toString());
    with(fields, "remote", up.remote().toString());
    with(
        fields,
        "algorithms",
        up.algorithms().encryption()
            + "/"
            + up.algorithms().integrity()
            + "/"
            + up.algorithms().prf()
            + "/"
            + up.algorithms().keyExchange());
    with(fields, "natLocal", up.natLocal());
    return with(fields, "natRemote", up.natRemote());
  }

  private static Map<String, Object> ikeRekeyed(IkeEvent.IkeRekeyed rekeyed) {
    Map<String, Object> fields = ike("ike-rekeyed", rekeyed.peer(), rekeyed.ikeSa());
    with(fields, "oldIspi", hex(rekeyed.old().initiatorSpi()));
    with(fields, "oldRspi", hex(rekeyed.old().responderSpi()));
    return with(fields, "initiator", rekeyed.initiator());
  }

  private static Map<String, Object> childUp(IkeEvent.ChildUp up) {
    Map<String, Object> fields = child("child-up", up.peer(), up.name());
    with(fields, "spiIn", Integer.toUnsignedLong(up.inboundSpi()));
    with(fields, "spiOut", Integer.toUnsignedLong(up.outboundSpi()));
    with(fields, "local", up.local().toString());
    return with(fields, "remote", up.remote().toString());
  }

  private static Map<String, Object> childRekeyed(IkeEvent.ChildRekeyed rekeyed) {
    Map<String, Object> fields = child("child-rekeyed", rekeyed.peer(), rekeyed.name());
    with(fields, "spiIn", Integer.toUnsignedLong(rekeyed.inboundSpi()));
    with(fields, "spiOut", Integer.toUnsignedLong(rekeyed.outboundSpi()));
    return with(fields, "initiator", rekeyed.initiator());
  }

  private static Map<String, Object> failed(IkeEvent.NegotiationFailed failed) {
    Map<String, Object> fields = named("negotiation-failed");
    with(fields, "peer", failed.peer());
    with(fields, "remote", failed.remote().toString());
    with(fields, "cause", failed.diagnosis().cause().name());
    with(fields, "culprit", failed.diagnosis().culprit().name());
    return with(fields, "diagnosis", failed.diagnosis().text());
  }

  /** The state of a node as the answer to {@code status}. */
  static Map<String, Object> of(NodeStatus status) {
    Map<String, Object> fields = named("status");
    List<Object> ikeSas = new ArrayList<>();
    for (IkeStatus.IkeSaStatus sa : status.ike().ikeSas()) {
      Map<String, Object> one = new LinkedHashMap<>();
      with(one, "peer", sa.peer());
      with(one, "ispi", hex(sa.ikeSa().initiatorSpi()));
      with(one, "rspi", hex(sa.ikeSa().responderSpi()));
      with(one, "phase", sa.phase().name());
      with(one, "initiator", sa.initiator());
      with(one, "local", sa.local().toString());
      with(one, "remote", sa.remote().toString());
      ikeSas.add(one);
    }
    with(fields, "ikeSas", ikeSas);
    List<Object> childSas = new ArrayList<>();
    for (NodeStatus.Child child : status.children()) {
      if (!child.lingering()) {
        childSas.add(child(child));
      }
    }
    with(fields, "childSas", childSas);
    List<Object> weak = new ArrayList<>();
    for (WeakChoice choice : status.weakChoices()) {
      weak.add(weak(new LinkedHashMap<>(), choice));
    }
    with(fields, "weakChoices", weak);
    with(fields, "crypto", status.crypto().stream().map(CryptoFields::of).toList());
    with(fields, "drops", drops(status.counters()));
    return with(fields, "counters", counters(status.counters()));
  }

  private static Map<String, Object> weak(Map<String, Object> fields, WeakChoice choice) {
    with(fields, "where", choice.origin().toString());
    with(fields, "peer", choice.peer());
    with(fields, "child", choice.child());
    with(fields, "algorithms", String.join(", ", choice.algorithms().words()));
    return with(fields, "instead", choice.algorithms().instead());
  }

  private static Map<String, Object> child(NodeStatus.Child child) {
    Map<String, Object> one = new LinkedHashMap<>();
    with(one, "peer", child.peer());
    with(one, "name", child.name());
    with(one, "spiIn", Integer.toUnsignedLong(child.inboundSpi()));
    with(one, "spiOut", Integer.toUnsignedLong(child.outboundSpi()));
    with(one, "algorithms", child.transform());
    with(one, "local", child.local().toString());
    with(one, "remote", child.remote().toString());
    with(one, "packetsIn", child.packetsIn());
    with(one, "bytesIn", child.bytesIn());
    with(one, "packetsOut", child.packetsOut());
    return with(one, "bytesOut", child.bytesOut());
  }

  private static Map<String, Object> drops(NodeCounters.Snapshot counters) {
    Map<String, Object> drops = new LinkedHashMap<>();
    counters
        .outboundDrops()
        .forEach((reason, count) -> drops.merge(reason.name(), count, EventFields::sum));
    counters
        .inboundDrops()
        .forEach((reason, count) -> drops.merge(reason.name(), count, EventFields::sum));
    counters
        .ikeDrops()
        .forEach((reason, count) -> drops.merge("IKE_" + reason.name(), count, EventFields::sum));
    return drops;
  }

  private static Object sum(Object a, Object b) {
    return (Long) a + (Long) b;
  }

  private static Map<String, Object> counters(NodeCounters.Snapshot counters) {
    Map<String, Object> fields = new LinkedHashMap<>();
    with(fields, "innerIn", counters.innerIn());
    with(fields, "innerInBytes", counters.innerInBytes());
    with(fields, "protectedOut", counters.protectedOut());
    with(fields, "protectedOutBytes", counters.protectedOutBytes());
    with(fields, "waiting", counters.waiting());
    with(fields, "outerIn", counters.outerIn());
    with(fields, "outerInBytes", counters.outerInBytes());
    with(fields, "delivered", counters.delivered());
    with(fields, "deliveredBytes", counters.deliveredBytes());
    with(fields, "rekeys", counters.rekeys());
    with(fields, "keepalivesIn", counters.keepalivesIn());
    with(fields, "offloadedSas", counters.offload().sas());
    with(fields, "offloadedBytesOut", counters.offload().bytesOut());
    with(fields, "offloadedBytesIn", counters.offload().bytesIn());
    with(fields, "balanced", counters.balanced());
    return with(fields, "drops", drops(counters));
  }

  private static Map<String, Object> named(String event) {
    return with(new LinkedHashMap<>(), "event", event);
  }

  private static Map<String, Object> child(String event, String peer, String child) {
    return with(with(named(event), "peer", peer), "child", child);
  }

  private static Map<String, Object> ike(String event, String peer, IkeSaId sa) {
    Map<String, Object> fields = with(named(event), "peer", peer);
    with(fields, "ispi", hex(sa.initiatorSpi()));
    return with(fields, "rspi", hex(sa.responderSpi()));
  }

  private static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
    fields.put(name, value);
    return fields;
  }

  private static String hex(long spi) {
    return String.format(Locale.ROOT, "%016x", spi);
  }
}
