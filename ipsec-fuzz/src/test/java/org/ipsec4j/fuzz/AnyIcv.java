package org.ipsec4j.fuzz;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;

/**
 * Packet transforms that change nothing and believe almost every ICV, so that what lies behind the
 * cryptography meets any octets at all. The last octet of an ICV may say otherwise: {@link
 * #MISMATCH} and {@link #FAILURE}.
 */
final class AnyIcv {
  static final byte MISMATCH = (byte) 0xee;
  static final byte FAILURE = (byte) 0xed;

  private static final JcaCryptoProvider KEYS = new JcaCryptoProvider();

  /** What the last burst was about: tag, first octet, octets. */
  record Worked(int tag, int from, int length) {}

  private final List<Worked> worked = new ArrayList<>();

  /** A provider whose keys are real and whose workers are not. */
  CryptoProvider provider() {
    return (CryptoProvider)
        Proxy.newProxyInstance(
            AnyIcv.class.getClassLoader(),
            new Class<?>[] {CryptoProvider.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("packetWorker")) {
                return new Worker();
              }
              try {
                return method.invoke(KEYS, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What has been worked on since the last call. */
  List<Worked> takeWorked() {
    List<Worked> taken = List.copyOf(worked);
    worked.clear();
    return taken;
  }

  private final class Worker implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        ByteBuffer slab = op.slab;
        int icvLength = op.key.transform().icvLength();
        byte last = slab.get(op.icvOffset + icvLength - 1);
        op.status =
            op.seal
                ? CryptoOp.Status.OK
                : switch (last) {
                  case MISMATCH -> CryptoOp.Status.ICV_MISMATCH;
                  case FAILURE -> CryptoOp.Status.FAILED;
                  default -> CryptoOp.Status.OK;
                };
        if (op.seal) {
          for (int k = 0; k < icvLength; k++) {
            slab.put(op.icvOffset + k, (byte) 0);
          }
        }
        int end = op.textLength > 0 ? op.textOffset + op.textLength : op.aadOffset + op.aadLength;
        worked.add(new Worked(op.tag, op.aadOffset, end - op.aadOffset));
      }
      return true;
    }

    @Override
    public void close() {}
  }
}
