/**
 * What a running node leaves behind for people with Wireshark: its outer traffic and, when asked by
 * name, its keys.
 *
 * <ul>
 *   <li>Start reading at OuterRecorder.
 *   <li>May import node and node.capture.
 *   <li>Never writes keys unless the operator asked for them by name.
 *   <li>Explained by OuterRecorderTest.
 * </ul>
 */
package org.ipsec4j.cli.record;
