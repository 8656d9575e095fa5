/**
 * Who brings up IKE SAs with less work: charon or our node, both as responders of the same load.
 *
 * <ul>
 *   <li>Start reading at HandshakeRaceInterop beside this package.
 *   <li>HandshakeLoad and HandshakeResponder are programs; they run in network namespaces.
 *   <li>Never decides anything: a benchmark prints.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package org.ipsec4j.interop.race;
