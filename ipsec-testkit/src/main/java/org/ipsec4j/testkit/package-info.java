/**
 * What tests of engines and providers share, ours and other people's.
 *
 * <ul>
 *   <li>Start reading at the vector loaders, then the provider TCK.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.sim and java.base.
 *   <li>Never depends on an engine or a provider; engines meet it in their own tests.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by its own tests.
 * </ul>
 */
package org.ipsec4j.testkit;
