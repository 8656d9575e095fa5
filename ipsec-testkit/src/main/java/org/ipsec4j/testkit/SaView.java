package org.ipsec4j.testkit;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.jspecify.annotations.Nullable;

/**
 * A Child SA as one side has it installed at one moment.
 *
 * @param sa what was agreed, with keys that nobody has destroyed
 * @param sending whether a packet may go out on it
 * @param lingering whether it was removed and only receives stragglers
 * @param replaces which SA it was installed in the place of; null for none
 * @param sendAtOnce whether the engine told the side to send on it at once
 * @param evidence whether a packet with a right ICV came in on it
 */
public record SaView(
    ChildSa sa,
    boolean sending,
    boolean lingering,
    @Nullable ChildSaId replaces,
    boolean sendAtOnce,
    boolean evidence) {

  /** A copy whose keys live on when the receiver of the original destroys its own. */
  public static ChildSa withOwnKeys(ChildSa sa) {
    return new ChildSa(
        sa.id(),
        sa.ikeSa(),
        sa.peer(),
        sa.profile(),
        sa.mode(),
        sa.transform(),
        sa.inboundSpi(),
        sa.outboundSpi(),
        copy(sa.inboundKeys()),
        copy(sa.outboundKeys()),
        sa.localSelectors(),
        sa.remoteSelectors(),
        sa.localAddress(),
        sa.remoteAddress(),
        sa.encapsulation(),
        sa.replayWindow(),
        sa.lifetime(),
        sa.initiator());
  }

  private static SaKeys copy(SaKeys keys) {
    return new SaKeys(copy(keys.encryption()), copy(keys.integrity()));
  }

  private static Secret copy(Secret secret) {
    return secret.slice(0, secret.length());
  }

  @Override
  public String toString() {
    return String.format(
        "%s in=%08x out=%08x%s%s%s",
        sa.id(),
        sa.inboundSpi(),
        sa.outboundSpi(),
        sending ? " sending" : "",
        lingering ? " lingering" : "",
        evidence ? " proven" : "");
  }
}
