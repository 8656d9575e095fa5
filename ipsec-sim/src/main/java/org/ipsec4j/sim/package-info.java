/**
 * A network in a box: virtual clock, seeded links, faults.
 *
 * <ul>
 *   <li>Start reading at the simulation's front door in this package.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never sleeps, starts a thread, opens a socket; the same seed always gives the same run.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by its own tests; the scenarios of ipsec-ike and ipsec-node live in it.
 * </ul>
 */
package org.ipsec4j.sim;
