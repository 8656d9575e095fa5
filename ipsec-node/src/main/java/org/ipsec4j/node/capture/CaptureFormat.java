package org.ipsec4j.node.capture;

/** What kind of file a {@link CaptureReader} found. */
public enum CaptureFormat {
  /** The classic format, one link type per file, time in microseconds or nanoseconds. */
  PCAP,
  /** Blocks, sections and interfaces. */
  PCAPNG,
  /** Neither; the reader yields no packet and names the problem. */
  UNKNOWN
}
