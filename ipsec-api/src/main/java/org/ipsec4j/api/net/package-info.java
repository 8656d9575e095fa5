/**
 * IP addresses, ranges and endpoints as plain values.
 *
 * <p>What: {@link org.ipsec4j.api.net.IpAddress}, {@link org.ipsec4j.api.net.AddressRange}, {@link
 * org.ipsec4j.api.net.Endpoint}. Start reading at IpAddress. May import: java.base without
 * java.net. Never does: name look-ups. RFC 4291, 5952. Explained by: IpAddressTest.
 */
package org.ipsec4j.api.net;
