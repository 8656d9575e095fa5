/**
 * Policy files of the command line: read, with their secrets, keys and certificates fetched.
 *
 * <ul>
 *   <li>Start reading at LoadedPolicy.
 *   <li>May import api, policy, node. Readers of forms and of keys are found as services.
 *   <li>Never prints a secret.
 *   <li>Explained by LoadedPolicyTest.
 * </ul>
 */
package org.ipsec4j.cli.policy;
