package org.ipsec4j.checks;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.regex.Pattern;

/** What a sans-IO room must not reach for: everything that it is handed instead. */
final class Ambient {
  private Ambient() {}

  private static final Pattern NETWORK =
      Pattern.compile("java\\.net\\..*|java\\.nio\\.channels\\..*|javax\\.net\\..*");

  private static final Pattern FILES =
      Pattern.compile("java\\.nio\\.file\\..*|java\\.io\\.(File.*|RandomAccessFile)");

  private static final Pattern THREADS =
      Pattern.compile(
          "java\\.lang\\.(Thread(Group)?|ThreadLocal|InheritableThreadLocal|Process(Builder)?)"
              + "|java\\.util\\.(Timer|TimerTask)"
              + "|java\\.util\\.concurrent\\.(.*Execut.*|ForkJoin.*|CompletableFuture|Future.*"
              + "|Semaphore|CountDownLatch|CyclicBarrier|Exchanger|Phaser|.*Blocking.*)"
              + "|java\\.util\\.concurrent\\.locks\\.LockSupport");

  private static final Pattern RANDOMNESS =
      Pattern.compile(
          "java\\.security\\.SecureRandom.*|java\\.util\\.(Random|SplittableRandom)"
              + "|java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.util\\.random\\..*");

  private static final Pattern PROVIDERS =
      Pattern.compile(
          "java\\.util\\.ServiceLoader.*|javax\\.crypto\\..*|java\\.security\\.(Security|Provider"
              + "|Signature|KeyPairGenerator|KeyFactory|KeyStore|AlgorithmParameter.*"
              + "|DrbgParameters|Policy|AccessController).*"
              + "|java\\.security\\.cert\\.(CertificateFactory|CertPath.*|CertStore|PKIX.*)");

  /** Types that an engine never names. */
  static final DescribedPredicate<JavaClass> TYPES =
      named("ambient types", NETWORK, FILES, THREADS, RANDOMNESS, PROVIDERS);

  /** The policy store reads files; otherwise it is an engine like the others. */
  static final DescribedPredicate<JavaClass> TYPES_BUT_FILES =
      named("ambient types other than files", NETWORK, THREADS, RANDOMNESS, PROVIDERS);

  /** The simulation draws from seeds, so random generators are its trade. */
  static final DescribedPredicate<JavaClass> TYPES_BUT_RANDOM =
      named("ambient types other than generators", NETWORK, FILES, THREADS, PROVIDERS);

  private static final Set<String> CLOCK_CALLS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Object.wait",
          "java.lang.Runtime.exec");

  private static final Set<String> RANDOM_CALLS =
      Set.of("java.lang.Math.random", "java.lang.StrictMath.random", "java.util.UUID.randomUUID");

  private static final Pattern GENERATOR =
      Pattern.compile("java\\.util\\.(Random|SplittableRandom)");

  /** Calls that an engine never makes, on types that it may otherwise use. */
  static final DescribedPredicate<JavaAccess<?>> CALLS =
      describe(
          "an ambient clock, randomness, thread or algorithm",
          access -> readsClock(access) || drawsUnseeded(access) || forks(access) || hashes(access));

  private static boolean readsClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return CLOCK_CALLS.contains(owner + "." + name)
        || (owner.startsWith("java.time.") && name.equals("now"))
        || (owner.equals("java.time.Clock")
            && (name.startsWith("system") || name.startsWith("tick")))
        || (owner.equals("java.util.Date")
            && name.equals("<init>")
            && access.getTarget().getFullName().endsWith("()"));
  }

  private static boolean drawsUnseeded(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    String target = access.getTarget().getFullName();
    return RANDOM_CALLS.contains(owner + "." + name)
        || (GENERATOR.matcher(owner).matches() && target.endsWith("<init>()"))
        || target.equals("java.util.Collections.shuffle(java.util.List)");
  }

  private static boolean forks(JavaAccess<?> access) {
    String name = access.getTarget().getName();
    return name.equals("parallelStream")
        || (name.equals("parallel")
            && access.getTargetOwner().getName().startsWith("java.util.stream."));
  }

  /** Comparing in constant time is the only use of MessageDigest: hashing belongs to a provider. */
  private static boolean hashes(JavaAccess<?> access) {
    return access.getTargetOwner().getName().equals("java.security.MessageDigest")
        && !access.getTarget().getName().equals("isEqual");
  }

  private static DescribedPredicate<JavaClass> named(String description, Pattern... patterns) {
    return describe(
        description,
        type -> {
          for (Pattern pattern : patterns) {
            if (pattern.matcher(type.getName()).matches()) {
              return true;
            }
          }
          return false;
        });
  }
}
