/**
 * Protects and opens packets in place: ESP and AH, the SAD, replay windows.
 *
 * <ul>
 *   <li>Start reading at the outbound path, then the inbound path.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never allocates, copies or throws per packet once an SA is installed; never touches
 *       sockets, threads or clocks.
 *   <li>RFC sections: RFC 4302, RFC 4303, RFC 3948.
 *   <li>Explained by the classes named ...Scenario and ...Vectors.
 * </ul>
 */
package org.ipsec4j.esp;
