package org.ipsec4j.checks;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.testkit.crypto.ProviderUnderTest;

/** The limits that a provider of this project documents. */
interface ProviderUnderTck extends ProviderUnderTest {
  /** Octets of header that libIPSec_MB takes of AES-CCM at most. */
  int MOST_CCM_HEADER = 46;

  @Override
  CryptoProvider provider();

  @Override
  default boolean takes(PacketTransform transform, int headerLength) {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    boolean ccm =
        cipher == EncryptionAlgorithm.AES_CCM_8
            || cipher == EncryptionAlgorithm.AES_CCM_12
            || cipher == EncryptionAlgorithm.AES_CCM_16;
    boolean fits = !ccm || headerLength <= MOST_CCM_HEADER || !isMb();
    return fits && provider().supports(transform);
  }

  @Override
  default int octetsBehind(PacketTransform transform) {
    boolean inPlace =
        transform.protocol() == SecurityProtocol.AH && transform.extendedSequenceNumbers();
    return isMb() && inPlace ? Integer.BYTES : 0;
  }

  private boolean isMb() {
    return provider().name().equals("mb");
  }
}
