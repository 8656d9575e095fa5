/**
 * JMH benchmarks, one class per question, and the command {@code ./ipsec bench}.
 *
 * <ul>
 *   <li>Start reading at the class whose name is your question; for the command at BenchMain.
 *   <li>May import everything; nothing imports it.
 *   <li>Never asserts correctness; that is what tests are for.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by BenchMainTest; run JMH by java -cp ... org.openjdk.jmh.Main.
 * </ul>
 */
@NullMarked
package org.ipsec4j.benchmarks;

import org.jspecify.annotations.NullMarked;
