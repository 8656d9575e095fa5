/**
 * The ipsec command: one class per sub-command.
 *
 * <ul>
 *   <li>Start reading at Main.
 *   <li>May import everything; nothing imports it.
 *   <li>Never decides protocol or policy questions; a command parses, calls the node, prints.
 *   <li>RFC sections: none of its own.
 *   <li>Explained by the tests of the commands.
 * </ul>
 */
package org.ipsec4j.cli;
