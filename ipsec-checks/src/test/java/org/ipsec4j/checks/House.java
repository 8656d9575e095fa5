package org.ipsec4j.checks;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which package belongs to which room, and which rooms a room may import.
 *
 * @param root the package below which the rooms lie; another one than ours for the fixtures
 */
record House(String root) {
  static final House OURS = new House("org.ipsec4j");

  /** A room, with the packages below the root that it holds. */
  enum Room {
    API("api"),
    // Providers come before POLICY: the longer name decides.
    CRYPTO_JCA("crypto.jca"),
    CRYPTO_MB("crypto.mb"),
    CRYPTO_OPENSSL("crypto.openssl"),
    FFM("ffm"),
    AUTH_PKI("auth.pki"),
    POLICY_FORMATS("policy.formats"),
    IO_LINUX("io.linux"),
    POLICY("policy"),
    IKE("ike"),
    ESP("esp"),
    SIM("sim"),
    TESTKIT("testkit"),
    NODE("node"),
    CLI("cli"),
    EXAMPLES("examples"),
    BENCHMARKS("benchmarks"),
    CHECKS("checks"),
    INTEROP("interop");

    private final String packages;

    Room(String packages) {
      this.packages = packages;
    }

    /** The name of the room's module. */
    String module() {
      return OURS.root + "." + packages;
    }

    private boolean holds(String below) {
      return below.equals(packages) || below.startsWith(packages + ".");
    }

    /** The engines: state machines that are told the time and handed every byte. */
    static Set<Room> engines() {
      return EnumSet.of(POLICY, IKE, ESP);
    }

    /** What plugs in behind a door of the api. */
    static Set<Room> providers() {
      return EnumSet.of(CRYPTO_JCA, CRYPTO_MB, CRYPTO_OPENSSL, AUTH_PKI, POLICY_FORMATS, IO_LINUX);
    }

    /** The rooms that this one may import, besides itself. */
    Set<Room> mayImport() {
      return switch (this) {
        case API -> EnumSet.noneOf(Room.class);
        case POLICY, IKE, ESP, SIM, FFM, CRYPTO_JCA, AUTH_PKI, POLICY_FORMATS, IO_LINUX ->
            EnumSet.of(API);
        case CRYPTO_MB, CRYPTO_OPENSSL -> EnumSet.of(API, FFM);
        case TESTKIT -> EnumSet.of(API, SIM);
        case NODE -> EnumSet.of(API, POLICY, IKE, ESP);
        case CLI, EXAMPLES, BENCHMARKS, CHECKS, INTEROP -> EnumSet.allOf(Room.class);
      };
    }
  }

  /** The room of a class: empty for a class of others, and for one of ours in no known room. */
  Optional<Room> roomOf(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith(root + ".")) {
      return Optional.empty();
    }
    String below = name.substring(root.length() + 1);
    return List.of(Room.values()).stream().filter(room -> room.holds(below)).findFirst();
  }

  DescribedPredicate<JavaClass> in(Set<Room> rooms) {
    return DescribedPredicate.describe(
        "in " + rooms, type -> roomOf(type).filter(rooms::contains).isPresent());
  }

  DescribedPredicate<JavaClass> inNoRoom() {
    return DescribedPredicate.describe(
        "ours, but in no known room",
        type -> type.getPackageName().startsWith(root) && roomOf(type).isEmpty());
  }

  /** The one package of the engines that may touch files. */
  DescribedPredicate<JavaClass> inPolicyStore() {
    return JavaClass.Predicates.resideInAPackage(root + ".policy.store..")
        .as("in the policy store");
  }
}
