package org.ipsec4j.crypto.openssl.bulk;

import java.nio.charset.StandardCharsets;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Parameter;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/** HMAC by a context of the library; see {@link MacRecipe.FetchedHmac}. */
final class FetchedMac extends Mac {
  private static final int NAME = 16;

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
    long room = Parameter.SIZE + NAME;
    long memory = NativeMemory.allocate(room);
    Parameter parameter = new Parameter(memory, "digest", Parameter.TEXT);
    byte[] name = digest.getBytes(StandardCharsets.US_ASCII);
    Raw.copyIn(name, 0, memory + Parameter.SIZE, name.length);
    parameter.point(memory + Parameter.SIZE, name.length);
    boolean done =
        context != 0
            && Evp.initMac(
                context, material + MacRecipe.FetchedHmac.KEY, length, parameter.address());
    NativeMemory.free(memory, room);
    return done;
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
