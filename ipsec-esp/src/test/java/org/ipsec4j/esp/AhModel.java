package org.ipsec4j.esp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;

/**
 * The slow twin of what the path does to headers in front of AH. It reads no header: it makes one,
 * part by part, and knows of each part how it is sent, how it may arrive, and how the ICV sees it,
 * straight from the tables of RFC 4302 3.3.3.1 and Appendix A.
 */
@NullUnmarked
final class AhModel {
  /** How a header looks. */
  enum Look {
    /** As the sender sends it. */
    SENT,
    /** As it might arrive after routers have changed what they may. */
    ARRIVED,
    /** As the ICV sees it. */
    COVERED,
    /** Ones where the ICV says nothing and a reader needs nothing: any value is as good. */
    FREE
  }

  private static final int[] IMMUTABLE_OPTIONS = {130, 133, 134, 148, 149};
  private static final int[] MUTABLE_OPTIONS = {7, 68, 82, 136, 11, 12, 145, 10, 205, 142, 15, 25};

  /** A run of octets in its looks, all of one length. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Part(byte[] sent, byte[] arrived, byte[] covered, byte[] free) {
    byte[] look(Look look) {
      return switch (look) {
        case SENT -> sent;
        case ARRIVED -> arrived;
        case COVERED -> covered;
        case FREE -> free;
      };
    }
  }

  private final Random random;
  final boolean v4;

  /** IPv4: all options. IPv6: the extension headers, whose first octets name what follows. */
  private final List<Part> parts = new ArrayList<>();

  private final List<Integer> headerTypes = new ArrayList<>();

  private final int sentClass;
  private final int arrivedClass;
  private final int identification;
  private final int flow;
  private final int arrivedFlow;
  private final byte[] source;
  private byte[] sentDestination;
  private byte[] finalDestination;

  private AhModel(Random random, boolean v4) {
    this.random = random;
    this.v4 = v4;
    sentClass = random.nextInt(256);
    // no congestion: what it does to the inner header is another test's
    arrivedClass = random.nextInt(64) << 2 | (sentClass & 3);
    identification = random.nextInt(65536);
    flow = random.nextInt(1 << 20);
    arrivedFlow = random.nextInt(1 << 20);
    source = address();
    sentDestination = address();
    finalDestination = sentDestination;
  }

  /** An IPv4 header with random options. */
  static AhModel v4(Random random) {
    AhModel model = new AhModel(random, true);
    int room = 40;
    boolean routed = false;
    int options = random.nextInt(5);
    for (int i = 0; i < options && room > 12; i++) {
      int kind = random.nextInt(routed ? 3 : 4);
      Part option =
          switch (kind) {
            case 0 -> same(new byte[] {1});
            case 1 -> model.immutableOption(room - 4);
            case 2 -> model.mutableOption(room - 4);
            default -> model.sourceRoute();
          };
      routed |= kind == 3;
      model.parts.add(option);
      room -= option.sent.length;
    }
    int padding = -(40 - room) & 3;
    if (padding > 0) {
      byte[] end = new byte[padding];
      if (random.nextBoolean()) {
        Arrays.fill(end, (byte) 1);
      }
      model.parts.add(same(end));
    }
    return model;
  }

  /**
   * An IPv6 header with random extension headers.
   *
   * @param destinationLast whether destination options may come last, where a sender of ours would
   *     put them behind AH
   */
  static AhModel v6(Random random, boolean destinationLast) {
    AhModel model = new AhModel(random, false);
    if (random.nextBoolean()) {
      model.add(0, model.options(random.nextInt(4)));
    }
    boolean routed = random.nextBoolean();
    if (random.nextBoolean() && (routed || destinationLast)) {
      model.add(60, model.options(random.nextInt(4)));
    }
    if (routed) {
      model.add(43, model.routing());
      if (destinationLast && random.nextBoolean()) {
        model.add(60, model.options(random.nextInt(4)));
      }
    }
    return model;
  }

  private void add(int type, Part header) {
    headerTypes.add(type);
    parts.add(header);
  }

  private byte[] octets(int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return octets;
  }

  private byte[] address() {
    byte[] address = octets(v4 ? 4 : 16);
    address[0] = (byte) (v4 ? 10 : 0xfd);
    return address;
  }

  private static Part same(byte[] octets) {
    return new Part(octets, octets, octets, new byte[octets.length]);
  }

  private Part immutableOption(int room) {
    int type = IMMUTABLE_OPTIONS[random.nextInt(IMMUTABLE_OPTIONS.length)];
    byte[] option = octets(2 + random.nextInt(Math.min(room, 14) - 1));
    option[0] = (byte) type;
    option[1] = (byte) option.length;
    return same(option);
  }

  private Part mutableOption(int room) {
    byte[] sent = octets(2 + random.nextInt(Math.min(room, 14) - 1));
    byte[] arrived = octets(sent.length);
    byte[] free = new byte[sent.length];
    sent[0] = (byte) MUTABLE_OPTIONS[random.nextInt(MUTABLE_OPTIONS.length)];
    sent[1] = (byte) sent.length;
    System.arraycopy(sent, 0, arrived, 0, 2);
    Arrays.fill(free, 2, free.length, (byte) 0xff);
    return new Part(sent, arrived, new byte[sent.length], free);
  }

  /** RFC 791 3.1: pointer, and a list of addresses of which the last is the true destination. */
  private Part sourceRoute() {
    int addresses = 1 + random.nextInt(2);
    byte[] sent = octets(3 + 4 * addresses);
    sent[0] = (byte) (random.nextBoolean() ? 131 : 137);
    sent[1] = (byte) sent.length;
    boolean walked = random.nextInt(3) == 0;
    sent[2] = (byte) (walked ? sent.length + 1 : 4);
    if (!walked) {
      finalDestination = Arrays.copyOfRange(sent, sent.length - 4, sent.length);
    }
    // the routers have written their own addresses
    byte[] arrived = octets(sent.length);
    System.arraycopy(sent, 0, arrived, 0, 3);
    arrived[2] = (byte) (sent.length + 1);
    byte[] free = new byte[sent.length];
    Arrays.fill(free, 3, free.length, (byte) 0xff);
    return new Part(sent, arrived, new byte[sent.length], free);
  }

  /** RFC 8200 4.2: a header of options, Pad1 and PadN among them. */
  private Part options(int count) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    ByteArrayOutputStream covered = new ByteArrayOutputStream();
    ByteArrayOutputStream free = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        for (ByteArrayOutputStream out : List.of(sent, arrived, covered, free)) {
          out.write(0);
        }
        continue;
      }
      int type = 2 + random.nextInt(254);
      byte[] data = octets(random.nextInt(24));
      boolean changes = (type >> 5 & 1) == 1;
      sent.write(type);
      sent.write(data.length);
      sent.writeBytes(data);
      arrived.write(type);
      arrived.write(data.length);
      arrived.writeBytes(changes ? octets(data.length) : data);
      covered.write(type);
      covered.write(data.length);
      covered.writeBytes(changes ? new byte[data.length] : data);
      free.write(0);
      free.write(0);
      byte[] mask = new byte[data.length];
      Arrays.fill(mask, (byte) (changes ? 0xff : 0));
      free.writeBytes(mask);
    }
    int padding = -(sent.size() + 2) & 7;
    byte[] padN = new byte[padding];
    if (padding > 1) {
      padN[0] = 1;
      padN[1] = (byte) (padding - 2);
    }
    sent.writeBytes(padN);
    arrived.writeBytes(padN);
    covered.writeBytes(padN);
    free.writeBytes(new byte[padding]);
    return new Part(
        extension(sent.toByteArray()),
        extension(arrived.toByteArray()),
        extension(covered.toByteArray()),
        TestCrypto.concat(new byte[2], free.toByteArray()));
  }

  private static byte[] extension(byte[] body) {
    return TestCrypto.concat(new byte[] {0, (byte) ((body.length + 2) / 8 - 1)}, body);
  }

  /** Type 0 on its way or walked, type 2, or a type that nobody knows, walked. */
  private Part routing() {
    int kind = random.nextInt(4);
    int addresses = kind == 2 ? 1 : 1 + random.nextInt(3);
    int left = kind == 0 ? 1 + random.nextInt(addresses) : kind == 2 ? 1 : 0;
    int type = kind == 2 ? 2 : kind == 3 ? 5 : 0;
    List<byte[]> list = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      list.add(address());
    }
    final byte[] sent = routing(type, left, list);
    // hop by hop, as RFC 2460 4.4 tells it
    byte[] destination = sentDestination;
    for (int hop = left; hop > 0; hop--) {
      int index = addresses - hop;
      byte[] next = list.get(index);
      list.set(index, destination);
      destination = next;
    }
    finalDestination = destination;
    return new Part(sent, routing(type, 0, list), routing(type, 0, list), new byte[sent.length]);
  }

  private static byte[] routing(int type, int left, List<byte[]> addresses) {
    ByteBuffer header = ByteBuffer.allocate(8 + 16 * addresses.size());
    header.put((byte) 0).put((byte) (2 * addresses.size())).put((byte) type).put((byte) left);
    header.putInt(0);
    addresses.forEach(header::put);
    return header.array();
  }

  /** Octets of the header. */
  int length() {
    return (v4 ? 20 : 40) + parts.stream().mapToInt(part -> part.sent.length).sum();
  }

  /**
   * The header.
   *
   * @param next what follows it
   * @param total octets of the whole packet
   */
  byte[] header(Look look, int next, int total) {
    return v4 ? headerV4(look, next, total) : headerV6(look, next, total);
  }

  private byte[] headerV4(Look look, int next, int total) {
    ByteBuffer header = ByteBuffer.allocate(length());
    boolean free = look == Look.FREE;
    boolean covered = look == Look.COVERED;
    int trafficClass = look == Look.SENT ? sentClass : arrivedClass;
    header.put((byte) (free ? 0 : 0x40 | length() / 4));
    header.put((byte) (free ? 0xff : covered ? 0 : trafficClass));
    header.putShort((short) (free ? 0 : total)).putShort((short) (free ? 0 : identification));
    // Don't Fragment came up on the way; the other bits make it a fragment
    int flags = free ? 0xc000 : look == Look.ARRIVED ? 0x4000 : 0;
    header.putShort((short) flags);
    header.put((byte) (free ? 0xff : covered ? 0 : look == Look.SENT ? 64 : 17));
    header.put((byte) (free ? 0 : next));
    header.putShort((short) (free ? 0xffff : 0));
    header.put(free ? new byte[4] : source);
    header.put(free ? new byte[4] : look == Look.SENT ? sentDestination : finalDestination);
    parts.forEach(part -> header.put(part.look(look)));
    if (look == Look.SENT || look == Look.ARRIVED) {
      header.putShort(10, (short) IpPackets.checksum(header.array(), 0, length()));
    }
    return header.array();
  }

  private byte[] headerV6(Look look, int next, int total) {
    ByteBuffer header = ByteBuffer.allocate(length());
    boolean free = look == Look.FREE;
    switch (look) {
      case SENT -> header.putInt(6 << 28 | sentClass << 20 | flow);
      case ARRIVED -> header.putInt(6 << 28 | arrivedClass << 20 | arrivedFlow);
      case COVERED -> header.putInt(6 << 28);
      case FREE -> header.putInt(0x0fffffff);
    }
    header.putShort((short) (free ? 0 : total - 40));
    header.put((byte) (free ? 0 : parts.isEmpty() ? next : headerTypes.get(0)));
    int hopLimit = look == Look.SENT ? 64 : 17;
    header.put((byte) (free ? 0xff : look == Look.COVERED ? 0 : hopLimit));
    header.put(free ? new byte[16] : source);
    header.put(free ? new byte[16] : look == Look.SENT ? sentDestination : finalDestination);
    for (int i = 0; i < parts.size(); i++) {
      int at = header.position();
      header.put(parts.get(i).look(look));
      int following = i + 1 < parts.size() ? headerTypes.get(i + 1) : next;
      header.put(at, (byte) (free ? 0 : following));
    }
    return header.array();
  }

  /** Where the header names what follows it. */
  int nextFieldOffset() {
    if (v4) {
      return 9;
    }
    return parts.isEmpty() ? 6 : length() - parts.get(parts.size() - 1).sent.length;
  }
}
