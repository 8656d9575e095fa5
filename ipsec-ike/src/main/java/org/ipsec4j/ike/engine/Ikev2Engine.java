package org.ipsec4j.ike.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.jspecify.annotations.Nullable;

/** IKEv2: finds the IKE SA that something is for, or lets one begin. */
final class Ikev2Engine implements IkeEngine {
  /** Rounds of one {@link #onTimeout}; what is due again at once waits for the next call. */
  private static final int MAX_ROUNDS = 100_000;

  private final EngineState state;
  private final Reception reception;
  private final Commands commands;

  Ikev2Engine(IkeEngineSettings settings) {
    this.state = new EngineState(settings);
    this.reception = new Reception(state, settings);
    this.commands = new Commands(state, settings, reception);
  }

  @Override
  public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram) {
    state.enter(now);
    byte[] octets = new byte[datagram.remaining()];
    datagram.get(datagram.position(), octets);
    reception.onDatagram(from, to, octets);
    finish();
  }

  @Override
  public void onCommand(long now, IkeCommand command) {
    state.enter(now);
    commands.execute(command);
    finish();
  }

  @Override
  public void onTimeout(long now) {
    state.enter(now);
    IkeSa due = state.due(now);
    for (int round = 0; due != null && round < MAX_ROUNDS; round++) {
      due.onTimeout(now);
      state.settle();
      due = state.due(now);
    }
    commands.onTimeout(now);
    finish();
  }

  @Override
  public void onCompletion(long now, OffloadedWork done) {
    state.enter(now);
    state.deliver(done);
    finish();
  }

  private void finish() {
    state.settle();
    commands.closeWhenEmpty();
  }

  @Override
  public @Nullable IkeOutput poll() {
    return state.poll();
  }

  @Override
  public long nextTimeout() {
    return Math.min(state.nextTimeout(), commands.nextTimeout());
  }

  @Override
  public Map<IkeDropReason, Long> drops() {
    return state.drops();
  }

  @Override
  public IkeStatus status() {
    return new IkeStatus(state.all().stream().map(IkeSa::status).filter(Objects::nonNull).toList());
  }
}
