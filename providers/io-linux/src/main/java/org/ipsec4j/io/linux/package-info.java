/**
 * Linux by FFM: TUN devices, raw sockets, routes.
 *
 * <ul>
 *   <li>Start reading at the class named in META-INF/services.
 *   <li>May import org.ipsec4j.api and java.lang.foreign; never another provider.
 *   <li>Never loads on another system: it says that it is unsupported there.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by the tests beside it; ipsec-interop for what needs root.
 * </ul>
 */
package org.ipsec4j.io.linux;
