package org.ipsec4j.cli.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStatus;

/** What is told of crypto providers, as named fields. */
final class CryptoFields {
  private CryptoFields() {}

  static Map<String, Object> of(NodeEvent.CryptoChosen chosen) {
    Map<String, Object> fields = named("crypto-chosen");
    fields.put("algorithms", chosen.transform());
    fields.put("provider", chosen.provider());
    fields.put("nanosPerPacket", Math.round(chosen.nanosPerPacket()));
    fields.put("cached", chosen.cached());
    return fields;
  }

  static Map<String, Object> of(NodeEvent.CryptoFailedOver failed) {
    Map<String, Object> fields = named("crypto-failed-over");
    fields.put("from", failed.from());
    fields.put("to", failed.to());
    fields.put("reason", failed.reason());
    fields.put("moved", failed.moved());
    fields.put("lost", failed.lost());
    return fields;
  }

  static Map<String, Object> of(NodeEvent.CryptoLost lost) {
    Map<String, Object> fields = named("crypto-lost");
    fields.put("peer", lost.peer());
    fields.put("child", lost.name());
    fields.put("algorithms", lost.transform());
    fields.put("diagnosis", lost.diagnosis());
    return fields;
  }

  static Map<String, Object> of(NodeEvent.CryptoReadmitted readmitted) {
    Map<String, Object> fields = named("crypto-readmitted");
    fields.put("provider", readmitted.provider());
    fields.put("moved", readmitted.moved());
    return fields;
  }

  /** A provider in the answer to {@code status}. */
  static Map<String, Object> of(NodeStatus.Crypto crypto) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("provider", crypto.provider());
    fields.put("version", crypto.version());
    fields.put("retired", crypto.retired());
    fields.put("sas", crypto.sas());
    fields.put("packets", crypto.packets());
    fields.put("bytesOut", crypto.bytesOut());
    fields.put("bytesIn", crypto.bytesIn());
    fields.put("failures", crypto.failures());
    List<Object> transforms = new ArrayList<>();
    new TreeMap<>(crypto.transforms())
        .forEach(
            (name, nanos) -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("algorithms", name);
              one.put("nanosPerPacket", Math.round(nanos));
              transforms.add(one);
            });
    fields.put("transforms", transforms);
    return fields;
  }

  private static Map<String, Object> named(String event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", event);
    return fields;
  }
}
