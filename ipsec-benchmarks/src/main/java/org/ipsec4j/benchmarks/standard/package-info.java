/**
 * The standard set of {@code ./ipsec bench}: what is measured against what, in which JVM.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.benchmarks.standard.Group}, one for each JVM.
 *   <li>May import api, esp, ffm, the anchors and the harness; providers are found by
 *       ServiceLoader.
 *   <li>Never changes a bound: they are those of the issue that asked for the speed.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by StandardTest and docs/benchmarks.md.
 * </ul>
 */
@NullMarked
package org.ipsec4j.benchmarks.standard;

import org.jspecify.annotations.NullMarked;
