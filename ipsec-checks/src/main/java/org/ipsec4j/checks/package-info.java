/**
 * Checks over all modules; the checks themselves are its tests.
 *
 * <ul>
 *   <li>Start reading at House, which says who may import whom, then ArchitectureTest.
 *   <li>May import everything; nothing imports it.
 *   <li>Never checks behaviour: each module's own tests do.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by RulesTest, where each rule catches a class that breaks it.
 * </ul>
 */
package org.ipsec4j.checks;
