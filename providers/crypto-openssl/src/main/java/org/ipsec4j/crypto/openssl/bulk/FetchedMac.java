package org.ipsec4j.crypto.openssl.bulk;

import java.nio.charset.StandardCharsets;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/** HMAC by a context of the library; see {@link MacRecipe.FetchedHmac}. */
final class FetchedMac extends Mac {
  /** OSSL_PARAM: name, type, data, length of data, length returned. */
  private static final int PARAMETER = 40;

  private static final int TEXT = 4;
  private static final int NAMES = 64;

  private final long mac;
  private final String digest;
  private long context;

  FetchedMac(long mac, String digest) {
    this.mac = mac;
    this.digest = digest;
  }

  @Override
  boolean key(long material) {
    if (context == 0) {
      context = Evp.newMac(mac);
    }
    int length = Raw.getInt(material);
    long parameters = NativeMemory.allocate(2 * PARAMETER + 2 * NAMES);
    long name = parameters + 2 * PARAMETER;
    put("digest", name);
    put(digest, name + NAMES);
    Raw.putLong(parameters, name);
    Raw.putInt(parameters + 8, TEXT);
    Raw.putLong(parameters + 16, name + NAMES);
    Raw.putLong(parameters + 24, digest.length());
    boolean done =
        context != 0
            && Evp.initMac(context, material + MacRecipe.FetchedHmac.KEY, length, parameters);
    NativeMemory.free(parameters, 2 * PARAMETER + 2 * NAMES);
    return done;
  }

  private static void put(String text, long at) {
    Raw.copyIn(text.getBytes(StandardCharsets.US_ASCII), 0, at, text.length());
  }

  @Override
  boolean begin(Scratch scratch) {
    return Evp.initMac(context, 0, 0, 0);
  }

  @Override
  boolean take(long at, int length, Scratch scratch) {
    return Evp.updateMac(context, at, length);
  }

  @Override
  boolean finish(Scratch scratch) {
    return Evp.finishMac(context, scratch.mac, scratch.written, 64);
  }

  @Override
  void free() {
    Evp.freeMac(context);
    context = 0;
  }
}
