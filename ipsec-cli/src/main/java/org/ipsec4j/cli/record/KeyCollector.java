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
import org.jspecify.annotations.Nullable;

/**
 * Collects keys for a Wireshark profile. Exists only because the operator asked for the keys by
 * name; wipes them when closed. Thread-safe.
 */
public final class KeyCollector implements KeySink, AutoCloseable {
  private final WiresharkProfile profile = new WiresharkProfile();
  private final @Nullable Path folder;
  private @Nullable IOException problem;

  private KeyCollector(@Nullable Path folder) {
    this.folder = folder;
  }

  /** Keeps the keys until {@link #writeTo}. */
  public static KeyCollector keeping() {
    return new KeyCollector(null);
  }

  /** Writes the profile anew with every key, so that a running gateway can be watched. */
  public static KeyCollector live(Path folder) {
    return new KeyCollector(folder);
  }

  private void refresh() {
    if (folder != null && problem == null) {
      try {
        profile.writeTo(folder);
      } catch (IOException e) {
        problem = e;
      }
    }
  }

  /** Why the profile is not up to date, or null. */
  public synchronized @Nullable IOException problem() {
    return problem;
  }

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
    refresh();
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
    refresh();
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
