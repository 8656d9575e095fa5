/**
 * Policy files of the command line: read, with their secrets, keys and certificates fetched.
 *
 * <ul>
 *   <li>Start reading at LoadedPolicy.
 *   <li>May import policy-formats, auth-pki, node.
 *   <li>Never prints a secret.
 *   <li>Explained by LoadedPolicyTest.
 * </ul>
 */
package org.ipsec4j.cli.policy;
