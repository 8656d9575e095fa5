import org.ipsec4j.api.packet.DatagramProvider;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.TunProvider;
import org.ipsec4j.io.linux.LinuxDatagrams;
import org.ipsec4j.io.linux.LinuxRaw;
import org.ipsec4j.io.linux.LinuxTun;
import org.jspecify.annotations.NullMarked;

/** Packets in and out of Linux by the foreign function interface. */
@NullMarked
module org.ipsec4j.io.linux {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;

  exports org.ipsec4j.io.linux;

  provides TunProvider with
      LinuxTun;
  provides RawProvider with
      LinuxRaw;
  provides DatagramProvider with
      LinuxDatagrams;
}
