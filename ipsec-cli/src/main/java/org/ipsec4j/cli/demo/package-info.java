/**
 * The demonstration: two nodes in one process protect a capture's packets over loopback.
 *
 * <ul>
 *   <li>Start reading at DemoCommand, then Demo.
 *   <li>May import node, policy, the providers, picocli.
 *   <li>Never sends a packet to any address but loopback.
 *   <li>Explained by DemoTest, LeakDetectorTest.
 * </ul>
 */
package org.ipsec4j.cli.demo;
