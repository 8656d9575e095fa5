package org.ipsec4j.benchmarks.harness;

/**
 * What a pairing gave.
 *
 * @param ours nanoseconds of CPU time for each packet, median of our slices
 * @param anchor the same of the anchor's
 * @param ratio speed of ours to the anchor's, median of the pairs: above 1 is faster
 * @param low lower quartile of the pairs
 * @param high upper quartile
 * @param allocated octets of heap that ours allocated for each packet
 */
public record Measured(
    double ours, double anchor, double ratio, double low, double high, double allocated) {}
