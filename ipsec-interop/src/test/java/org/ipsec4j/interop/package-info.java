/**
 * What: real peers judge the gateway: strongSwan's charon, tshark, ping and tcpdump in Linux
 * network namespaces. A Linux kernel (User Mode Linux) and scapy judge the packet path alone.
 *
 * <p>Start reading at: {@link org.ipsec4j.interop.StrongSwanInterop}, then {@link
 * org.ipsec4j.interop.Site}; for the packet path {@link org.ipsec4j.interop.KernelEspInterop}, then
 * {@link org.ipsec4j.interop.KernelSite}.
 *
 * <p>May import: the JDK and JUnit; the gateway is only driven as a process, through its policy
 * file, its standard input and its events, and the packet path through the orders of {@link
 * org.ipsec4j.interop.stack.KernelStack}.
 *
 * <p>Never does: link against an engine, touch the host's own network, end a process that it did
 * not start, or skip itself when something is missing.
 *
 * <p>RFC sections: RFC 7296 (1.2, 1.3, 1.4, 2.4, 2.8), RFC 7383, RFC 7427, RFC 3948; RFC 4301
 * (4.4.2, 5, 7, 8), RFC 4302, RFC 4303, RFC 6040, RFC 3173, RFC 7402 (Appendix B).
 *
 * <p>Tests that explain it: {@link org.ipsec4j.interop.HarnessSelfInterop} (charon on both ends;
 * the judges must find faults that are put in on purpose).
 */
@NullMarked
package org.ipsec4j.interop;

import org.jspecify.annotations.NullMarked;
