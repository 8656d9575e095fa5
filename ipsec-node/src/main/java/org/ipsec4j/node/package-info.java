/**
 * One IPsec host or gateway: wires the engines, drives them, counts, reports.
 *
 * <ul>
 *   <li>Start reading at IpsecNode, the front door for a host that embeds us.
 *   <li>May import every engine, SLF4J and java.base; finds providers by ServiceLoader, once.
 *   <li>Never decides protocol or policy questions itself; never names a provider's class.
 *   <li>RFC sections: RFC 4301 section 4 for the picture of the whole.
 *   <li>Explained by the classes named ...Scenario.
 * </ul>
 */
package org.ipsec4j.node;
