/**
 * What: our packet path as a process of its own: an IP host behind a TUN device whose packets go
 * through ESP and AH with keys set by hand, for the kernels and coders that judge it.
 *
 * <p>Start reading at: {@link org.ipsec4j.interop.stack.KernelStack}, then {@link
 * org.ipsec4j.interop.stack.PacketWay}.
 *
 * <p>May import: the JDK, {@code org.ipsec4j.api} and {@code org.ipsec4j.esp}; providers by {@link
 * java.util.ServiceLoader} only.
 *
 * <p>Never does: judge itself. The tests of {@code org.ipsec4j.interop} drive it by lines of text
 * and link against nothing in here.
 *
 * <p>RFC sections: RFC 4301 (4.4.2, 5, 7, 8), RFC 4302, RFC 4303, RFC 3948.
 *
 * <p>Tests that explain it: {@code KernelEspInterop}, {@code ScapyInterop}.
 */
@NullMarked
package org.ipsec4j.interop.stack;

import org.jspecify.annotations.NullMarked;
