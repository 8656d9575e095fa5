/**
 * Packets in lent buffers, and the one named reason for each packet that goes no further.
 *
 * <p>What: {@link org.ipsec4j.api.packet.PacketBurst}, {@link org.ipsec4j.api.packet.DropReason},
 * {@link org.ipsec4j.api.packet.PacketPort}, {@link org.ipsec4j.api.packet.IpHeaderView}. Start
 * reading at PacketBurst. May import: api. Never does: copying, allocating after construction. RFC
 * 4301 5, 4303 3. Explained by: PacketBurstTest, IpHeaderViewTest.
 */
package org.ipsec4j.api.packet;
