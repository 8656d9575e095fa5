package org.ipsec4j.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.cli.record.KeyCollector;
import org.ipsec4j.cli.record.OuterRecorder;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.NodeStatus;
import org.ipsec4j.node.OuterTap;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.node.capture.CaptureCensus;
import org.ipsec4j.node.capture.WiresharkProfile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two nodes in one process: they negotiate over loopback, carry every packet of a capture twice
 * (once with the sides swapped), rekey meanwhile, and are watched for changed packets and for
 * plaintext outside.
 */
final class Demo {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final long UP_SECONDS = 20;
  private static final long REKEY_NANOS = 10_000_000_000L;

  private final Traffic traffic;
  private final Path folder;
  private final List<CryptoProvider> crypto;
  private final LongConsumer progress;
  private final List<String> failures = new ArrayList<>();
  private final Set<String> associations = new LinkedHashSet<>();
  private final CountDownLatch up = new CountDownLatch(1);
  private LongConsumer announcement = total -> {};
  private long sent;
  private long innerBytes;
  private long espBytes;

  /**
   * @param folder where {@code demo.pcapng} and {@code demo-wireshark} appear
   * @param crypto providers to use, or none for those that are found
   * @param progress hears the number of packets sent so far
   */
  Demo(Traffic traffic, Path folder, List<CryptoProvider> crypto, LongConsumer progress) {
    this.traffic = traffic;
    this.folder = folder;
    this.crypto = crypto;
    this.progress = progress;
  }

  /** Hears how many packets will be sent, before the first. */
  Demo announce(LongConsumer listener) {
    announcement = listener;
    return this;
  }

  /**
   * Runs the whole demo.
   *
   * @throws IOException when a capture cannot be read or a result not be written
   * @throws NodeStartException when a node cannot start
   * @throws InterruptedException when asked to stop
   */
  DemoReport run() throws IOException, NodeStartException, InterruptedException {
    List<String> problems = new ArrayList<>();
    CaptureCensus census = traffic.census(problems);
    announcement.accept(2 * census.packets());
    Path capture = folder.resolve("demo.pcapng");
    Path profile = folder.resolve("demo-wireshark");
    DemoPolicy.Ports ports = DemoPolicy.Ports.free();
    Secret psk = randomKey();
    if (census.packets() == 0) {
      addFailure("there is no packet with a valid IP header in " + traffic.name());
    }
    OuterRecorder recorder = OuterRecorder.create(capture);
    // Ctrl-C leaves no half-written capture behind.
    Thread abort = new Thread(() -> abort(recorder), "demo-abort");
    Runtime.getRuntime().addShutdownHook(abort);
    try (KeyCollector keys = KeyCollector.keeping()) {
      keys.ports(ports.ikeA(), ports.natA());
      keys.ports(ports.ikeB(), ports.natB());
      RunIndex runs = new RunIndex(2 * census.bytes());
      LeakWatch watchA = new LeakWatch(runs, ports.natA());
      LeakWatch watchB = new LeakWatch(runs, ports.natB());
      DemoReport report;
      try (MemoryPort lanA = new MemoryPort();
          MemoryPort lanB = new MemoryPort();
          IpsecNode b = node(DemoPolicy.parse('b', ports), psk, lanB, watchB, null);
          IpsecNode a =
              node(DemoPolicy.parse('a', ports), psk, lanA, tap(recorder, watchA), keys)) {
        Counted counted = replay(census, a, b, lanA, lanB, watchA, watchB);
        judge(runs);
        report =
            new DemoReport(
                traffic.name(),
                census,
                problems,
                List.copyOf(associations),
                counted.arrived,
                counted.mismatches,
                runs.leaks() + watchA.leaks() + watchB.leaks(),
                a.status().counters().rekeys(),
                innerBytes,
                espBytes + (counted.arrived + counted.mismatches) * 28,
                counted.nanos,
                settled(a),
                settled(b),
                failures,
                capture,
                profile);
      }
      recorder.close();
      WiresharkProfile.Written written = keys.writeTo(profile);
      written.skipped().forEach(failures::add);
      IOException trouble = recorder.problem();
      if (trouble != null) {
        failures.add("the capture could not be written: " + trouble.getMessage());
      }
      return report;
    } finally {
      abort(recorder);
      psk.destroy();
      forget(abort);
    }
  }

  private static void abort(OuterRecorder recorder) {
    try {
      recorder.abort();
    } catch (IOException e) {
      LOG.debug("the unfinished capture stays", e);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("already shutting down", e);
    }
  }

  /** What the two directions of the replay saw. */
  private record Counted(long arrived, long mismatches, long nanos) {}

  private static Secret randomKey() {
    byte[] key = new byte[32];
    RandomSource random = new java.security.SecureRandom()::nextBytes;
    random.nextBytes(key);
    return Secret.adopt(key);
  }

  private static OuterTap tap(OuterTap first, OuterTap second) {
    return (from, to, memory, offset, length, outgoing) -> {
      first.onDatagram(from, to, memory, offset, length, outgoing);
      second.onDatagram(from, to, memory, offset, length, outgoing);
    };
  }

  private IpsecNode node(
      PolicySet policy, Secret psk, MemoryPort lan, OuterTap tap, @Nullable KeyCollector keys)
      throws NodeStartException {
    var builder =
        IpsecNode.builder()
            .policy(policy)
            .credentials(PskCredentials.of(DemoPolicy.pskName(policy), psk))
            .inner(lan)
            .crypto(crypto)
            .outerTap(tap)
            .onEvent(this::onEvent);
    return (keys == null ? builder : builder.exportKeysTo(keys)).start();
  }

  private void onEvent(NodeEvent event) {
    switch (event) {
      case NodeEvent.Ike(IkeEvent.ChildUp child) -> up.countDown();
      case NodeEvent.Ike(IkeEvent.NegotiationFailed failed) ->
          addFailure(failed.diagnosis().summary());
      case NodeEvent.Trouble trouble -> addFailure(trouble.what());
      case NodeEvent.InstallFailed failed -> addFailure(failed.reason());
      default -> {
        // among them providers that this machine has no library for: another one does the work
      }
    }
  }

  private synchronized void addFailure(String text) {
    failures.add(text);
  }

  private Counted replay(
      CaptureCensus census,
      IpsecNode a,
      IpsecNode b,
      MemoryPort lanA,
      MemoryPort lanB,
      LeakWatch watchA,
      LeakWatch watchB)
      throws IOException, InterruptedException {
    if (!up.await(UP_SECONDS, TimeUnit.SECONDS)) {
      addFailure("no association came up in " + UP_SECONDS + " s");
      return new Counted(0, census.packets(), 0);
    }
    note(a);
    long start = System.nanoTime();
    try (Replay aToB = new Replay(lanA, lanB, "demo-a-to-b");
        Replay bToA = new Replay(lanB, lanA, "demo-b-to-a")) {
      long half = Math.max(1, census.packets() / 2);
      round(true, half, () -> rekeyChild(a), aToB, bToA, watchA, watchB);
      note(a);
      round(
          false,
          census.packets() + half,
          () -> {
            rekeyIke(b);
            rekeyChild(b);
          },
          aToB,
          bToA,
          watchA,
          watchB);
      aToB.drain();
      bToA.drain();
      long nanos = System.nanoTime() - start;
      awaitRekey(a);
      note(a);
      return new Counted(
          aToB.arrived() + bToA.arrived(), aToB.mismatches() + bToA.mismatches(), nanos);
    }
  }

  private void round(
      boolean asRecorded,
      long rekeyAt,
      Runnable rekey,
      Replay aToB,
      Replay bToA,
      LeakWatch watchA,
      LeakWatch watchB)
      throws IOException, InterruptedException {
    Traffic.Sides sides = new Traffic.Sides();
    boolean[] moving = {true};
    traffic.forEach(
        packet -> {
          boolean fromA = sides.fromA(packet) == asRecorded;
          Replay way = fromA ? aToB : bToA;
          innerBytes += packet.length;
          espBytes += espLength(packet.length);
          (fromA ? watchA : watchB).entering(packet);
          moving[0] = moving[0] && way.send(packet);
          if (!moving[0]) {
            way.lose();
          }
          progress.accept(++sent);
          if (sent == rekeyAt) {
            rekey.run();
          }
        });
  }

  /** Octets of AES-GCM-16 in UDP for an inner packet: header, IV, text padded to 4, ICV. */
  private static int espLength(int inner) {
    return 8 + 8 + (inner + 2 + 3 & ~3) + 16;
  }

  private static void rekeyChild(IpsecNode node) {
    node.status().children().stream()
        .filter(child -> !child.lingering())
        .reduce((first, last) -> last)
        .ifPresent(child -> node.command(new IkeCommand.RekeyChild(child.id())));
  }

  private static void rekeyIke(IpsecNode node) {
    node.status().ike().ikeSas().stream()
        .filter(sa -> sa.phase() == IkeStatus.Phase.ESTABLISHED)
        .forEach(sa -> node.command(new IkeCommand.RekeyIke(sa.ikeSa())));
  }

  /** A short capture ends before its rekey does. */
  private static void awaitRekey(IpsecNode node) throws InterruptedException {
    long end = System.nanoTime() + REKEY_NANOS;
    while (node.status().counters().rekeys() == 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void note(IpsecNode node) {
    for (NodeStatus.Child child : node.status().children()) {
      associations.add(
          String.format(
              "%s/%s %s in=%08x out=%08x",
              child.peer(),
              child.name(),
              child.transform(),
              child.inboundSpi(),
              child.outboundSpi()));
    }
  }

  private NodeCounters.Snapshot settled(IpsecNode node) {
    NodeCounters.Snapshot counters = node.status().counters();
    if (!counters.balanced()) {
      addFailure("the counters of a node do not account for every packet: " + counters);
    }
    return counters;
  }

  private void judge(RunIndex runs) throws IOException, InterruptedException {
    if (runs.hasSuspects()) {
      traffic.forEach(runs::judge);
    }
  }
}
