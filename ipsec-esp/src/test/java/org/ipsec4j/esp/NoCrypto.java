package org.ipsec4j.esp;

import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.PacketWorker;

/**
 * Calls every packet right and changes nothing: it allocates nothing, and it lets tests reach what
 * lies behind the ICV with any octets at all.
 */
final class NoCrypto extends TestCrypto {
  NoCrypto() {
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
