/**
 * Sample integrations, each runnable and each under test.
 *
 * <ul>
 *   <li>Start reading at the example nearest to your case.
 *   <li>May import everything public; nothing imports it.
 *   <li>Never reaches around the public API.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by the test beside each example.
 * </ul>
 */
package org.ipsec4j.examples;
