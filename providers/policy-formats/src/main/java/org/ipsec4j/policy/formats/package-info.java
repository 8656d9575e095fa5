/**
 * Reads policy files: text in, policy records with file, line and column out.
 *
 * <ul>
 *   <li>Start reading at the class named in META-INF/services.
 *   <li>May import org.ipsec4j.api and a YAML parser; never another provider.
 *   <li>Never decides what a policy means: ipsec-policy does.
 *   <li>RFC sections: none of its own; the records are RFC 4301's words.
 *   <li>Explained by the tests beside it.
 * </ul>
 */
package org.ipsec4j.policy.formats;
