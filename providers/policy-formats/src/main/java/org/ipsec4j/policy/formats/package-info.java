/**
 * Reads policy files.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.policy.formats.PolicyFormats}; the form itself is in
 *       docs/policy.md and in the resource policy.schema.json.
 *   <li>May import org.ipsec4j.api, snakeyaml-engine and java.base.
 *   <li>Never throws for what a file contains, never repeats a secret, never looks a name up; opens
 *       only the file it is given, and the files of secrets when asked for them.
 *   <li>RFC sections: RFC 4301 section 4.4.
 *   <li>Explained by GoodPoliciesTest, WrongPoliciesTest, SchemaTest, PolicyFuzz.
 * </ul>
 */
package org.ipsec4j.policy.formats;
