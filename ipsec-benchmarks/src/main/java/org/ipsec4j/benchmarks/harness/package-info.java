/**
 * How a standard run measures and what it makes of it: pairs of slices, rows, verdicts, tables,
 * JSON, plots.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.benchmarks.harness.Pairing}.
 *   <li>May import nothing of ours.
 *   <li>Never calls a row good that was not measured.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by PairingTest, ReportTest, SvgPlotTest, JsonTest.
 * </ul>
 */
@NullMarked
package org.ipsec4j.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
