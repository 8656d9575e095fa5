package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.WeakChoice;
import org.junit.jupiter.api.Test;

/** A policy says where it is weak, and only there. */
class WeakChoicesTest {
  @Test
  void whatTheDefaultsChooseIsNotWeak() {
    PolicySet policy =
        PolicyBuilder.named("strong")
            .peer(
                "b",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .remoteAddress("192.0.2.2")
                        .psk("key")
                        .child("net", child -> child.local("10.1.0.0/24").remote("10.2.0.0/24")))
            .build();
    assertEquals(List.of(), Policies.weakChoices(policy));
  }

  @Test
  void everyWeakProposalIsNamedWithItsChild() {
    PolicySet policy =
        PolicyBuilder.named("weak")
            .peer(
                "b",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .remoteAddress("192.0.2.2")
                        .psk("key")
                        .ikeProposals("aes256-sha256-x25519", "legacy:3des-sha1-modp1024")
                        .child(
                            "good",
                            child ->
                                child.local("10.1.0.0/24").remote("10.2.0.0/24").esp("aes128gcm16"))
                        .child(
                            "bad",
                            child ->
                                child
                                    .local("10.1.0.0/24")
                                    .remote("10.3.0.0/24")
                                    .esp("legacy:des-md5")))
            .build();
    assertEquals(
        List.of(
            "program: IKE with peer `b`: `3des` and `modp1024` are weak; use"
                + " `aes256-sha1-prfsha1-x25519` instead",
            "program: child `bad` of peer `b`: `des` and `md5` are weak; use `aes256-sha256`"
                + " instead"),
        Policies.weakChoices(policy).stream().map(WeakChoice::toString).toList());
  }
}
