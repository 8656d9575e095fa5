import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.crypto.mb.MbCryptoProvider;
import org.jspecify.annotations.NullMarked;

/** Packets by Intel's multi-buffer library. */
@NullMarked
module org.ipsec4j.crypto.mb {
  requires transitive org.ipsec4j.api;
  requires org.ipsec4j.ffm;
  requires static org.jspecify;

  exports org.ipsec4j.crypto.mb;

  provides CryptoProvider with
      MbCryptoProvider;
}
