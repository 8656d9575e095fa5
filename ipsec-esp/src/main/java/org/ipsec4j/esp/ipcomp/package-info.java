/**
 * Compresses packets before they are protected and expands them afterwards: IPComp with DEFLATE.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.ipcomp.IpcompOutbound#compress}, then {@link
 *       org.ipsec4j.esp.ipcomp.IpcompInbound#expand}.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.esp and java.base with java.util.zip.
 *   <li>Never makes a packet longer, never expands one beyond the bound of its association, never
 *       keeps a dictionary from one packet to the next. One use of memory per packet cannot be
 *       helped: the JDK reports a broken DEFLATE stream by an exception, which is made and caught.
 *   <li>RFC sections: 3173 2 and 3; 2394; 6040 4.
 *   <li>Explained by IpcompTest, IpcompProperties, IpcompVectors, IpcompFuzz.
 * </ul>
 */
package org.ipsec4j.esp.ipcomp;
