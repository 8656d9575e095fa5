/**
 * Linux by FFM: TUN devices, raw sockets, vectored UDP sockets, routes.
 *
 * <ul>
 *   <li>Start reading at the class named in META-INF/services.
 *   <li>May import org.ipsec4j.api and java.lang.foreign; never another provider.
 *   <li>Never loads on another system: it says that it is unsupported there.
 *   <li>RFC sections: 1071 (checksums), 9293 and 3168 6.1.2 (segments of TCP), 6864
 *       (identification).
 *   <li>Explained by SuperPacketProperties and the tests beside it; ipsec-interop for what needs
 *       root.
 * </ul>
 */
package org.ipsec4j.io.linux;
