package org.ipsec4j.cli.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.node.KeySink;
import org.ipsec4j.node.capture.EspKeys;
import org.ipsec4j.node.capture.IkeKeys;
import org.ipsec4j.node.capture.WiresharkProfile;

/**
 * Collects keys for a Wireshark profile. Exists only because the operator asked for the keys by
 * name; wipes them when closed. Thread-safe.
 */
public final class KeyCollector implements KeySink, AutoCloseable {
  private final WiresharkProfile profile = new WiresharkProfile();

  /** An empty collection. */
  public KeyCollector() {}

  @Override
  public synchronized void ikeSa(IkeEvent.KeysExported keys) {
    byte[] ei = take(keys.skEi());
    byte[] er = take(keys.skEr());
    byte[] ai = take(keys.skAi());
    byte[] ar = take(keys.skAr());
    profile.add(
        new IkeKeys(
            keys.ikeSa().initiatorSpi(),
            keys.ikeSa().responderSpi(),
            keys.algorithms().encryption().algorithm().id(),
            ei,
            er,
            keys.algorithms().integrity().id(),
            ai,
            ar));
    wipe(ei, er, ai, ar);
  }

  private static byte[] take(Secret secret) {
    byte[] bytes = secret.reveal(SecretAccess.raw());
    secret.destroy();
    return bytes;
  }

  private static void wipe(byte[]... keys) {
    for (byte[] key : keys) {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public synchronized void childSa(ChildSa sa) {
    // A NAT may show other addresses to other eyes; the SPI names the SA well enough.
    add(sa, sa.inboundSpi(), sa.inboundKeys());
    add(sa, sa.outboundSpi(), sa.outboundKeys());
  }

  private void add(ChildSa sa, int spi, SaKeys keys) {
    byte[] encryption = keys.encryption().reveal(SecretAccess.raw());
    byte[] integrity = keys.integrity().reveal(SecretAccess.raw());
    profile.add(
        new EspKeys(
            sa.localAddress().isV4() ? 4 : 6,
            null,
            null,
            spi,
            sa.transform().encryption().algorithm().id(),
            encryption,
            sa.transform().integrity().id(),
            integrity,
            sa.transform().extendedSequenceNumbers()));
    wipe(encryption, integrity);
  }

  /** UDP ports other than 500 and 4500 that Wireshark must be told of. */
  public synchronized void ports(int ike, int nat) {
    if (ike != 500) {
      profile.addIsakmpPort(ike);
    }
    if (nat != 4500) {
      profile.addEncapsulationPort(nat);
    }
  }

  /**
   * Writes the profile folder, readable by its owner alone.
   *
   * @throws IOException when the disk refuses
   */
  public synchronized WiresharkProfile.Written writeTo(Path folder) throws IOException {
    return profile.writeTo(folder);
  }

  @Override
  public synchronized void close() {
    profile.close();
  }
}
