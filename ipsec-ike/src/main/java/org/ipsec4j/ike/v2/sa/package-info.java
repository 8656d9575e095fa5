/**
 * The life of an IKE SA, its Child SAs, and who takes whose place.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.v2.sa.IkeSa}, then Life.
 *   <li>May import ike.v2.exchange, ike.v2.window and what they may.
 *   <li>Never builds or reads a payload of its own accord: exchanges do.
 *   <li>RFC sections: RFC 7296 2.1 to 2.4, 2.8, 2.21, 2.23, 2.25.
 *   <li>Explained by RekeyScenario, CollisionScenario and LifeTableTest.
 * </ul>
 */
package org.ipsec4j.ike.v2.sa;
