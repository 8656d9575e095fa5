package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Listeners hear everything in order, and cost the node nothing. */
final class NodeEventsTest {
  private static final NodeEvent LAST =
      new NodeEvent.Stopped(new NodeCounters().snapshot(Map.of(), NodeCounters.Offload.NONE));

  private static NodeEvent numbered(int number) {
    return new NodeEvent.Trouble("number " + number);
  }

  @Test
  void eventsComeInOrderAndTheLastOneLast() {
    List<NodeEvent> heard = new ArrayList<>();
    NodeEvents events = new NodeEvents(heard::add);
    List<NodeEvent> told = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      told.add(numbered(i));
      events.tell(numbered(i));
    }
    events.close(LAST, 10_000);
    told.add(LAST);
    assertEquals(told, heard);
    events.tell(numbered(0));
    assertEquals(101, heard.size(), "nothing follows");
  }

  @Test
  void listenerThatThrowsHearsTheNextEvent() {
    List<NodeEvent> heard = new ArrayList<>();
    NodeEvents events =
        new NodeEvents(
            event -> {
              heard.add(event);
              throw new IllegalStateException("a listener of the tests fails");
            });
    events.tell(numbered(1));
    events.close(LAST, 10_000);
    assertEquals(List.of(numbered(1), LAST), heard);
  }

  @Test
  void slowListenerLosesEventsAndIsToldHowMany() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    List<NodeEvent> heard = new ArrayList<>();
    NodeEvents events =
        new NodeEvents(
            event -> {
              first.countDown();
              try {
                slow.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              heard.add(event);
            });
    events.tell(numbered(0));
    first.await();
    for (int i = 1; i <= NodeEvents.MOST_WAITING + 7; i++) {
      events.tell(numbered(i));
    }
    slow.countDown();
    events.close(LAST, 30_000);
    assertEquals(1 + NodeEvents.MOST_WAITING + 1 + 1, heard.size());
    NodeEvent.Trouble lost = assertInstanceOf(NodeEvent.Trouble.class, heard.get(1));
    assertTrue(lost.what().startsWith("7 events were lost"), lost::what);
    assertEquals(LAST, heard.getLast());
  }
}
