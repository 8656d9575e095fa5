/**
 * What tests of engines and providers share, ours and other people's.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.testkit.EnginePair}: two engines, a network, virtual
 *       time.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.sim and java.base.
 *   <li>Never depends on an engine or a provider; engines meet it in their own tests.
 *   <li>RFC sections: 7296 2.8 for the rekey invariant, otherwise none of its own.
 *   <li>Explained by EngineHostTest and RekeyInvariantTest; at work in the scenarios of ipsec-node.
 * </ul>
 */
package org.ipsec4j.testkit;
