/**
 * When something is due: deadlines in one table, and the schedule of retransmissions.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.timer.TimerTable}.
 *   <li>May import org.ipsec4j.api (crypto, for the random source) and java.base.
 *   <li>Never reads a clock: time is an argument in nanoseconds since the engine was made.
 *   <li>RFC sections: RFC 7296 2.1, 2.4.
 *   <li>Explained by TimerTableTest and RetransmissionTest.
 * </ul>
 */
package org.ipsec4j.ike.timer;
