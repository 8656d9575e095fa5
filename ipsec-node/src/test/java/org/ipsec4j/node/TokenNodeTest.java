package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.auth.pki.PkiCredentials;
import org.ipsec4j.auth.pki.TokenKeys;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.testkit.crypto.SoftHsm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node whose keys are in a PKCS #11 token, with a node that has none. The token makes the private
 * values of the key exchange and the key that signs, and keeps both; it gets the keys of the Child
 * SA and protects the packets. PRF and IKE messages are software's, for the token refuses short
 * keys for HMAC.
 */
final class TokenNodeTest {
  private final TwoNodes nodes = new TwoNodes();

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void handshakeAndTrafficWithKeysInTheToken() throws Exception {
    SoftHsm token = SoftHsm.token();
    String name = "jca:SunPKCS11=" + token.configuration() + "?pin-file=" + token.pinFile();
    assertTrue(
        new JcaCryptoProvider()
            .configured(name.substring("jca:".length()))
            .supports(KeyExchangeMethod.ECP_256),
        "the first in the order makes the private values");
    Certified authority = Certified.authority("token authority");
    Credentials ours = inToken(token.configuration(), authority);
    nodes.left.settings = builder -> builder.credentials(ours).cryptoOrder(name, "jca");
    nodes.right.settings =
        builder -> builder.credentials(authority.node("right.example").trusting(authority));
    for (TwoNodes.Side side : List.of(nodes.left, nodes.right)) {
      side.auth = peer -> peer.certificates("me", "friends").ike(onP256());
      side.child =
          child ->
              child.proposals(
                  List.of(
                      ProposalSyntax.child(SecurityProtocol.ESP, "aes256gcm16-ecp256", false)
                          .orThrow()));
    }
    nodes.up();
    nodes.expectAcross(nodes.left, nodes.right, 20);
    nodes.expectAcross(nodes.right, nodes.left, 20);
    NodeStatus.Crypto inToken =
        nodes.left.node().status().crypto().stream()
            .filter(crypto -> crypto.provider().equals(name))
            .findFirst()
            .orElseThrow();
    assertEquals(2, inToken.sas(), "both directions are in the token");
    assertTrue(inToken.packets() >= 40, inToken::toString);
    assertTrue(inToken.bytesOut() > 0 && inToken.bytesIn() > 0, inToken::toString);
    assertEquals(0, inToken.failures());
  }

  private static IkeProfile onP256() {
    IkeProfile usual = Defaults.ikeProfile();
    return new IkeProfile(
        List.of(ProposalSyntax.ike("aes256gcm16-prfsha256-ecp256", false).orThrow()),
        usual.rekeyAfter(),
        usual.rekeyJitterPercent(),
        usual.hardLifetime(),
        usual.liveness(),
        Duration.ofMillis(500),
        usual.retransmitFactorPercent(),
        usual.retransmitTries(),
        usual.fragmentation(),
        usual.fragmentSize(),
        usual.natKeepalive(),
        IkeProfile.Encapsulation.ALWAYS);
  }

  /** Credentials whose key the token has made and keeps. */
  private static Credentials inToken(Path configuration, Certified authority) throws Exception {
    Provider provider = Security.getProvider("SunPKCS11").configure(configuration.toString());
    char[] pin =
        new String(SoftHsm.token().pin().reveal(SecretAccess.raw()), StandardCharsets.US_ASCII)
            .toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, pin);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    assertNull(pair.getPrivate().getEncoded(), "the key does not leave the token");
    X509Certificate certificate = authority.node("left.example", pair);
    store.setKeyEntry("node", pair.getPrivate(), null, new Certificate[] {certificate});
    return PkiCredentials.builder()
        .signingKey(
            "me",
            TokenKeys.open(Files.readAllBytes(configuration), "token.cfg", pin)
                .key("node", List.of(certificate)))
        .trustAnchors("friends", List.of(authority.certificate()))
        .build();
  }
}
