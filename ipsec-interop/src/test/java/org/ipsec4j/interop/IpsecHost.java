package org.ipsec4j.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One running IPsec implementation in a namespace: ours, or charon. The scenarios know no other
 * face of either.
 */
interface IpsecHost extends AutoCloseable {
  /** How long an exchange may take on a busy machine before the test gives it up. */
  Duration PATIENCE = Duration.ofSeconds(30);

  /** An established IKE SA. SPIs are 16 lower-case hex digits. */
  record IkeSa(String spiInitiator, String spiResponder) {}

  /** An installed Child SA pair, as this host sees it. */
  record ChildSa(String name, long spiIn, long spiOut, long packetsIn, long packetsOut) {}

  /** Negotiates the Child SA, and the IKE SA below it when there is none; returns when it is up. */
  void initiate(String child);

  /** Initiates something that the other end refuses; returns what this host says about it. */
  String initiateInVain(String child);

  /** Replaces the Child SA; returns when the new one is up. */
  void rekeyChild(String child);

  /** Replaces the IKE SA; returns when the new one is up. */
  void rekeyIke();

  /** Deletes the Child SA alone. */
  void deleteChild(String child);

  /** Deletes the IKE SA with all that hangs on it. */
  void deleteIke();

  /** Asks the host to end as an operator would; returns its exit status. */
  int interrupt();

  /** The exit status that {@link #interrupt} should give. */
  int interruptedStatus();

  /** Ends the process at once, without a word to the peer. */
  void kill();

  /**
   * Waits until the host has lost its IKE SA without anybody's order; returns its reason, in its
   * own words.
   */
  String awaitPeerLost(Duration limit);

  /**
   * Waits until the host reports a negotiation that failed with the peer as initiator; returns its
   * diagnosis.
   */
  String awaitRefusal(Duration limit);

  /** The IKE SAs that are established now. */
  List<IkeSa> ikeSas();

  /** The Child SAs that can carry traffic now. */
  List<ChildSa> childSas();

  /** Dropped packets so far by reason. */
  Map<String, Long> drops();

  /** A Wireshark profile folder with the keys of every SA so far. */
  Path wiresharkProfile();

  /** The last lines of what this host had to say, for failure messages. */
  String lastWords();

  @Override
  void close();
}
