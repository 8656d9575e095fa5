package org.ipsec4j.api.policy.document;

import java.util.List;
import org.ipsec4j.api.packet.TunSettings.InterfaceAddress;
import org.ipsec4j.api.policy.Defaults;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the node itself.
 *
 * @param tun the virtual interface of {@code ipsec run}; null when the file names none
 * @param ikePort our UDP port for IKE
 * @param natPort our UDP port for encapsulation
 * @param crypto in which order crypto providers are asked
 */
public record NodeSettings(@Nullable Tun tun, int ikePort, int natPort, CryptoOrder crypto) {
  /** What holds when the file does not speak of the node. */
  public static final NodeSettings DEFAULT =
      new NodeSettings(null, Defaults.IKE_PORT, Defaults.NAT_PORT, CryptoOrder.byPriority());

  /**
   * A TUN interface.
   *
   * @param name at most 15 characters
   * @param addresses its addresses
   * @param mtu octets
   */
  public record Tun(String name, List<InterfaceAddress> addresses, int mtu) {
    /** Name when the file gives none. */
    public static final String DEFAULT_NAME = "ipsec0";

    /** Leaves room for ESP with UDP encapsulation in a path of 1500 octets. */
    public static final int DEFAULT_MTU = 1400;

    /** Copies the list. */
    public Tun {
      addresses = List.copyOf(addresses);
    }
  }
}
