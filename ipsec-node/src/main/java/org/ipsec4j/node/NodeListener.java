package org.ipsec4j.node;

/**
 * Hears events of a node, one at a time, in order, on a thread of the node: return quickly. What a
 * listener throws is reported as {@link NodeEvent.Trouble} to nobody but the log.
 */
@FunctionalInterface
public interface NodeListener {
  /** Something happened. */
  void onEvent(NodeEvent event);
}
