/**
 * Packets by Intel's multi-buffer library libIPSec_MB, through the FFM API.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.mb.MbCryptoProvider}; packets go through
 *       MbPacketWorker into one of four lanes. MbLibrary finds the library and checks it, MbLayout
 *       says where it keeps what, MbCalls are its functions.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.ffm, java.lang.foreign; never another provider.
 *   <li>Never gives native code an address that was not checked, nor calls a function that does not
 *       lie in the library's code. Never does IKE.
 *   <li>RFC sections: RFC 4106, 4309, 4543, 7634, 8750, 3602, 3686, 2451, 4868, 3566, 4494, 4303
 *       2.8 and 2.2.1, 4302 3.3.3.1.
 *   <li>Explained by MbCryptoProviderTest, MbBurstTest, MbLibraryTest, MbKeysUnderTrafficTest and
 *       known-answers.txt.
 * </ul>
 */
package org.ipsec4j.crypto.mb;
