package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Speaks the event language of {@code ipsec run} without any IPsec behind it, so that the harness
 * can test how {@link Gateway} takes good and bad behaviour. The only argument picks the behaviour.
 */
final class FakeGateway {
  private FakeGateway() {}

  /** Runs until its input ends; see the class comment. */
  public static void main(String[] arguments) throws IOException {
    String behaviour = arguments[0];
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  say("{'event':'stopped','counters':{}}");
                  Runtime.getRuntime().halt(130);
                }));
    if (behaviour.equals("dies")) {
      System.err.println("cannot open the TUN device");
      Runtime.getRuntime().halt(1);
    }
    if (behaviour.equals("babbles")) {
      say("Picked up JAVA_TOOL_OPTIONS");
    }
    say("{'event':'ready'}");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      obey(behaviour, order);
    }
  }

  private static void obey(String behaviour, String order) {
    switch (order) {
      case "initiate net" -> {
        if (behaviour.equals("refused")) {
          say("{'event':'negotiation-failed','diagnosis':'AUTHENTICATION_FAILED'}");
        } else {
          say("{'event':'child-up','child':'other','spiIn':'0x1','spiOut':'0x2'}");
          say("{'event':'child-up','child':'net','spiIn':'0xc0000001','spiOut':'0xc0000002'}");
        }
      }
      case "delete-ike right" ->
          say("{'event':'ike-down','peer':'right','reason':'deleted by order'}");
      case "status" ->
          say(
              "{'event':'status','ikeSas':[{'peer':'right','ispi':'0x0A','rspi':'00000000000000ff'}],"
                  + "'childSas':[{'name':'net','spiIn':'0xc0000001','spiOut':'0xc0000002','packetsIn':7,"
                  + "'packetsOut':8,'bytesIn':700,'bytesOut':800},{'name':'net','spiIn':'0x1','spiOut':'0x2','lingering':true}],'drops':{'QUEUE_FULL':3}}");
      default -> say("{'event':'error','message':'unknown order'}");
    }
  }

  private static void say(String line) {
    System.out.println(line.replace('\'', '"'));
  }
}
