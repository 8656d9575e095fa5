package org.ipsec4j.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real Linux kernel as a process: Debian's User Mode Linux with its xfrm modules, on a TAP device
 * in a namespace. Its root is the file system of this machine, read-only; one folder is shared for
 * writing.
 */
final class KernelGuest implements AutoCloseable {
  private static final Duration BOOT = Duration.ofSeconds(60);
  private static final String INIT = "kernel-guest-init.sh";
  private static final String ENCAP = "kernel-guest-encap.py";
  private static final long NAP_MILLIS = 5;

  private final Path folder;
  private final Process process;
  private int commands;

  private KernelGuest(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /** Boots a kernel whose eth0 is the other end of a TAP device; returns when it takes commands. */
  static KernelGuest boot(Path folder, String namespace, String tap) {
    try {
      Files.createDirectories(folder);
      resource(INIT, folder);
      resource(ENCAP, folder);
    } catch (IOException e) {
      throw new InteropFailure("cannot prepare " + folder, e);
    }
    List<String> command =
        List.of(
            "linux.uml",
            "mem=256M",
            "rootfstype=hostfs",
            "root=/dev/root",
            "ro",
            "init=" + folder.resolve(INIT),
            "quiet",
            "uml_dir=" + folder + "/",
            "umid=uml",
            "vec0:transport=tap,ifname=" + tap + ",depth=64",
            "con=null",
            "con0=null,fd:1",
            "random.trust_cpu=1");
    Process process =
        Proc.start(
            Map.of(),
            folder.resolve("console.log"),
            folder.resolve("stderr.log"),
            Namespaces.inside(namespace, command));
    KernelGuest guest = new KernelGuest(folder, process);
    boolean up = Proc.poll(BOOT, () -> !process.isAlive() || Files.exists(folder.resolve("up")));
    if (!up || !process.isAlive()) {
      guest.close();
      throw new InteropFailure("the guest kernel did not come up; see " + folder);
    }
    return guest;
  }

  private static void resource(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = KernelGuest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  /** What a command in the guest printed and how it ended. */
  record Result(int exit, String out) {
    String checked() {
      if (exit != 0) {
        throw new InteropFailure("a command in the guest ended with " + exit + ":\n" + out);
      }
      return out;
    }
  }

  /** Runs a shell script in the guest to its end. */
  Result run(String script) {
    String name = Integer.toString(++commands);
    Path status = folder.resolve(name + ".rc");
    try {
      Path draft = folder.resolve(name + ".draft");
      Files.writeString(draft, script + "\n");
      Files.move(draft, folder.resolve(name + ".sh"), StandardCopyOption.ATOMIC_MOVE);
      long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
      while (!Files.exists(status) || !Files.readString(status).endsWith("\n")) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          throw new InteropFailure("the guest does not answer; see " + folder);
        }
        Proc.pause(Duration.ofMillis(NAP_MILLIS));
      }
      int exit = Integer.parseInt(Files.readString(status).strip());
      return new Result(exit, Files.readString(folder.resolve(name + ".out")));
    } catch (IOException e) {
      throw new InteropFailure("cannot talk to the guest in " + folder, e);
    }
  }

  /** Runs a shell script in the guest that has to succeed; returns what it printed. */
  String check(String script) {
    return run(script).checked();
  }

  /** Lets the guest's kernel take ESP out of UDP on port 4500. */
  void holdEncapsulationSockets() {
    check(
        "/usr/bin/python3 /run/box/"
            + ENCAP
            + " >/run/encap.log 2>&1 & "
            + "for i in $(seq 200); do grep -q ready /run/encap.log && exit 0; sleep 0.05; done;"
            + " cat /run/encap.log; exit 1");
  }

  /** Stops the kernel; the processes that it had are its children here and go with it. */
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        Files.writeString(folder.resolve(++commands + ".sh"), "busybox poweroff -f\n");
        Proc.poll(Duration.ofSeconds(5), () -> !process.isAlive());
      } catch (IOException e) {
        // it is ended below
      }
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Proc.end(process);
  }
}
