package org.ipsec4j.ike.wire;

import java.util.Objects;
import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Reads a window of octets and never leaves it. Failure is sticky: the first reason stays, and
 * every later read gives zero or nothing, so that parsers read straight on and ask once.
 */
final class WireReader {
  private final byte[] data;
  private int at;
  private final int end;
  private @Nullable MalformedReason failure;
  private int failureOffset;

  /** A window of {@code data}; the caller has checked that it lies within the array. */
  WireReader(byte[] data, int from, int to) {
    Objects.checkFromToIndex(from, to, data.length);
    this.data = data;
    this.at = from;
    this.end = to;
  }

  int position() {
    return at;
  }

  int remaining() {
    return failure == null ? end - at : 0;
  }

  boolean failed() {
    return failure != null;
  }

  @Nullable MalformedReason failure() {
    return failure;
  }

  int failureOffset() {
    return failureOffset;
  }

  void fail(MalformedReason reason) {
    fail(reason, at);
  }

  void fail(MalformedReason reason, int offset) {
    if (failure == null) {
      failure = reason;
      failureOffset = offset;
    }
  }

  int u8() {
    return need(1) ? data[at++] & 0xff : 0;
  }

  int u16() {
    return need(2) ? u8() << 8 | u8() : 0;
  }

  void skip(int count) {
    if (need(count)) {
      at += count;
    }
  }

  Bytes bytes(int count) {
    if (!need(count)) {
      return Bytes.EMPTY;
    }
    Bytes read = Bytes.copyOf(data, at, count);
    at += count;
    return read;
  }

  Bytes rest() {
    return bytes(remaining());
  }

  /** The next {@code count} octets as a window of their own; empty after a failure. */
  WireReader window(int count) {
    if (!need(count)) {
      return new WireReader(data, at, at);
    }
    WireReader inner = new WireReader(data, at, at + count);
    at += count;
    return inner;
  }

  /** Takes over the failure of a window, if it has one. */
  void join(WireReader inner) {
    MalformedReason reason = inner.failure;
    if (reason != null) {
      fail(reason, inner.failureOffset);
    }
  }

  /** Fails when octets are left over. */
  void expectEnd() {
    if (remaining() > 0) {
      fail(MalformedReason.TRAILING_OCTETS);
    }
  }

  private boolean need(int count) {
    if (failure != null) {
      return false;
    }
    if (count < 0 || count > end - at) {
      fail(MalformedReason.FIELD_TRUNCATED);
      return false;
    }
    return true;
  }
}
