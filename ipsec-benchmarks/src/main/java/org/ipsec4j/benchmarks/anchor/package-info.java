/**
 * The loops in C that ours are compared with: built on the spot, loaded into this process.
 *
 * <ul>
 *   <li>Start reading at {@code path.c} beside the sources of this module, then {@link
 *       org.ipsec4j.benchmarks.anchor.AnchorLoop}.
 *   <li>May import ffm and the harness.
 *   <li>Never says that something was measured which could not be built: every absent piece is
 *       named.
 *   <li>RFC sections: 4303 3.3, 3.4; 4301 5.1, 5.2.
 *   <li>Explained by AnchorLoopTest, in which both paths make the same octets.
 * </ul>
 */
@NullMarked
package org.ipsec4j.benchmarks.anchor;

import org.jspecify.annotations.NullMarked;
