/**
 * The contract of an IKE engine: what goes in, what comes out, and how failures explain themselves.
 *
 * <p>What: {@link org.ipsec4j.api.ike.IkeEngine}, {@link org.ipsec4j.api.ike.IkeCommand}, {@link
 * org.ipsec4j.api.ike.IkeOutput}, {@link org.ipsec4j.api.ike.IkeEvent}, {@link
 * org.ipsec4j.api.ike.Diagnosis}. Start reading at IkeEngine. May import: the rest of api. Never
 * does: anything. RFC 7296. Explained by: the scenarios of ipsec-ike.
 */
package org.ipsec4j.api.ike;
