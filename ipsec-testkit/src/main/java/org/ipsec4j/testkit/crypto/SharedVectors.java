package org.ipsec4j.testkit.crypto;

/**
 * A provider against vectors that we may not carry and that run where they lie beside the
 * repository; elsewhere they are counted as skipped.
 */
public interface SharedVectors extends LinuxVectors, StrongSwanVectors {}
