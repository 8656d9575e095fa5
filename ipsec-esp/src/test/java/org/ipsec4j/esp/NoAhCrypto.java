package org.ipsec4j.esp;

import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.PacketWorker;

/** Keys of every shape, and a worker that calls every packet right and changes nothing. */
final class NoAhCrypto extends AhCrypto {
  NoAhCrypto() {
    super("none");
  }

  @Override
  public PacketWorker packetWorker() {
    return new PacketWorker() {
      @Override
      public boolean submit(CryptoBurst burst) {
        for (int i = 0; i < burst.size(); i++) {
          burst.op(i).status = CryptoOp.Status.OK;
        }
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
