package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.net.Endpoint;

/** Between which addresses an IKE SA talks; changes with NATs (RFC 7296 2.23). */
final class Path {
  private Endpoint local;
  private Endpoint remote;

  Path(Endpoint local, Endpoint remote) {
    this.local = local;
    this.remote = remote;
  }

  Endpoint local() {
    return local;
  }

  Endpoint remote() {
    return remote;
  }

  void move(Endpoint newLocal, Endpoint newRemote) {
    local = newLocal;
    remote = newRemote;
  }
}
