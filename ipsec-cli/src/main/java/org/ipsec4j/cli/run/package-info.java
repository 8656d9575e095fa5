/**
 * {@code ipsec run}: a gateway in the foreground.
 *
 * <ul>
 *   <li>Start reading at RunCommand, then Gateway.
 *   <li>May import node, the providers, picocli, Jackson.
 *   <li>Never decides; never prints a secret.
 *   <li>Explained by RunCommandTest, EventTextTest; ipsec-interop for a real peer.
 * </ul>
 */
package org.ipsec4j.cli.run;
