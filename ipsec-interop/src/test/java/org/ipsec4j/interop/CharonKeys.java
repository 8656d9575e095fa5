package org.ipsec4j.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ipsec4j.interop.WiresharkProfile.EspKeys;
import org.ipsec4j.interop.WiresharkProfile.IkeKeys;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys in charon's log (levels ike 4 and chd 4, lines tagged with the number of their IKE
 * SA).
 *
 * <p>charon has many threads, and one of them works on one message from beginning to end: what
 * belongs together carries the same thread number. Secrets appear as a headline and lines of 16
 * bytes. The log does not say an IKE SA's SPIs beside its keys; they come from {@link Charon},
 * which asks for them by number.
 */
final class CharonKeys {
  private static final Pattern LINE =
      Pattern.compile("^\\S+ (\\d+)\\[\\w+\\](?: <(?:[^>]*\\|)?(\\d+)>)? (.*)$");
  private static final Pattern HEADLINE = Pattern.compile("^(.+?) => \\d+ bytes.*");
  private static final Pattern BYTES = Pattern.compile("^\\s*\\d+: ((?:[0-9A-F]{2} )+).*");
  private static final Pattern CHILD =
      Pattern.compile(
          "^(?:inbound |outbound )?CHILD_SA \\S+ established with SPIs ([0-9a-f]{8})_i"
              + " ([0-9a-f]{8})_o.*");
  private static final Pattern SELECTED = Pattern.compile("^selected proposal: (\\S+)");
  private static final Pattern REKEYED =
      Pattern.compile("^IKE_SA [^\\[]+\\[(\\d+)\\] rekeyed between .*");
  private static final Pattern PARSED =
      Pattern.compile("^parsed (?:IKE_AUTH|CREATE_CHILD_SA) (request|response).*");

  /** What one thread is in the middle of. */
  private static final class Work {
    final Map<String, StringBuilder> secrets = new HashMap<>();
    @Nullable StringBuilder open;
    String ikeSa = "";
    String espProposal = "";
    String ikeProposal = "";
    boolean initiator;
    @Nullable IkeSecrets newest;

    String take(String name) {
      StringBuilder value = secrets.remove(name);
      return value == null ? "" : value.toString();
    }
  }

  /** Keys of an IKE SA that is known by charon's number of it. */
  private static final class IkeSecrets {
    final String proposal;
    final String ei;
    final String er;
    final String ai;
    final String ar;
    String number;

    IkeSecrets(Work work, String proposal) {
      this.number = work.ikeSa;
      this.proposal = proposal;
      ei = work.take("Sk_ei secret");
      er = work.take("Sk_er secret");
      ai = work.take("Sk_ai secret");
      ar = work.take("Sk_ar secret");
    }

    Stream<IkeKeys> with(String @Nullable [] pair) {
      if (pair == null) {
        return Stream.empty();
      }
      return Stream.of(new IkeKeys(pair[0], pair[1], proposal, ei, er, ai, ar));
    }
  }

  private final Map<String, Work> threads = new HashMap<>();

  /** Selected IKE proposals by charon's number of the IKE SA. */
  private final Map<String, String> proposals = new HashMap<>();

  private final List<EspKeys> esp = new ArrayList<>();
  private final List<IkeSecrets> ike = new ArrayList<>();

  private CharonKeys() {}

  /** Reads a whole log. */
  static CharonKeys read(List<String> log) {
    CharonKeys keys = new CharonKeys();
    log.forEach(keys::line);
    return keys;
  }

  List<EspKeys> esp() {
    return List.copyOf(esp);
  }

  /**
   * The keys of the IKE SAs.
   *
   * @param spis initiator's and responder's SPI by charon's number of the IKE SA; SAs without an
   *     entry are left out
   */
  List<IkeKeys> ike(Map<String, String[]> spis) {
    return ike.stream().flatMap(secrets -> secrets.with(spis.get(secrets.number))).toList();
  }

  private void line(String text) {
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      return;
    }
    Work work = threads.computeIfAbsent(line.group(1), _ -> new Work());
    String said = line.group(3);
    Matcher bytes = BYTES.matcher(said + " ");
    if (bytes.matches()) {
      if (work.open != null) {
        work.open.append(bytes.group(1).replace(" ", "").toLowerCase(Locale.ROOT));
      }
      return;
    }
    Matcher headline = HEADLINE.matcher(said);
    work.open = null;
    if (headline.matches()) {
      work.open = new StringBuilder();
      work.secrets.put(headline.group(1).strip(), work.open);
      work.ikeSa = line.group(2) == null ? work.ikeSa : line.group(2);
      return;
    }
    finishIke(work);
    message(work, line.group(2) == null ? "" : line.group(2), said);
  }

  private void message(Work work, String number, String said) {
    Matcher selected = SELECTED.matcher(said);
    if (selected.lookingAt()) {
      if (selected.group(1).startsWith("ESP")) {
        work.espProposal = selected.group(1);
      } else {
        work.ikeProposal = selected.group(1);
        proposals.put(number, selected.group(1));
      }
    }
    Matcher parsed = PARSED.matcher(said);
    if (parsed.matches()) {
      work.initiator = parsed.group(1).equals("response");
    }
    // the initiator of a rekey derives the new SA's keys under the number of the old one
    Matcher rekeyed = REKEYED.matcher(said);
    if (rekeyed.matches() && work.newest != null) {
      work.newest.number = rekeyed.group(1);
    }
    Matcher child = CHILD.matcher(said);
    if (child.matches() && work.secrets.containsKey("encryption initiator key")) {
      finishEsp(work, Long.parseLong(child.group(1), 16), Long.parseLong(child.group(2), 16));
    }
  }

  /** The last of the seven keys is SK_pr. */
  private void finishIke(Work work) {
    if (!work.take("Sk_pr secret").isEmpty()) {
      // a responder derives the first keys later than it selects, and in another thread
      work.newest = new IkeSecrets(work, proposals.getOrDefault(work.ikeSa, work.ikeProposal));
      ike.add(work.newest);
    }
  }

  private void finishEsp(Work work, long in, long out) {
    String ofInitiator = work.take("encryption initiator key");
    String ofResponder = work.take("encryption responder key");
    String macOfInitiator = work.take("integrity initiator key");
    String macOfResponder = work.take("integrity responder key");
    EspKeys sent =
        new EspKeys(work.initiator ? out : in, work.espProposal, ofInitiator, macOfInitiator);
    EspKeys received =
        new EspKeys(work.initiator ? in : out, work.espProposal, ofResponder, macOfResponder);
    esp.add(sent);
    esp.add(received);
  }
}
