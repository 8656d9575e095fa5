/**
 * For those who read ESP without its keys, or before them: Wrapped ESP, which says where the clear
 * text lies, and the heuristics that find out whether an ESP flow is encrypted at all.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.wesp.WespView#parse} and {@link
 *       org.ipsec4j.esp.wesp.EspNullHeuristics#inspect}.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.esp, org.ipsec4j.esp.framing and java.base.
 *   <li>Never trusts what it finds: without the key nothing here is authentic. Memory is bounded by
 *       the flows that are remembered.
 *   <li>RFC sections: 5840 2; 5879 3 to 8.
 *   <li>Explained by WespTest, EspNullHeuristicsTest, EspNullVectors.
 * </ul>
 */
package org.ipsec4j.esp.wesp;
