#!/usr/bin/python3
"""Small programs that make traffic which no ordinary tool makes; used by record.sh.

echo-server | udp SRC DST | typing DST | groups | options6 SRC DST | odd INTERFACE MAC | large SRC DST BYTES
"""
import random
import select
import socket
import struct
import sys
import time

ECHO = 7
NOBODY = 40000
SO_NO_CHECK = 11
IPV6_HOPOPTS = 54
IPV6_DSTOPTS = 59
MAC_A = bytes.fromhex("02000000010a")


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def udp_socket(source):
    s = socket.socket(family(source), socket.SOCK_DGRAM)
    s.bind((source, 0))
    s.settimeout(0.3)
    return s


def echo_server():
    """UDP and TCP echo on port 7, both IP versions."""
    tcp = socket.create_server(("::", ECHO), family=socket.AF_INET6, dualstack_ipv6=True)
    udp4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    # answers leave from the address that was asked, so no wildcard
    udp4.bind(("10.2.0.20", ECHO))
    udp6.bind(("fd00:2::20", ECHO))
    clients = []
    while True:
        for s in select.select([tcp, udp4, udp6] + clients, [], [])[0]:
            if s is tcp:
                clients.append(s.accept()[0])
            elif s in (udp4, udp6):
                data, peer = s.recvfrom(65535)
                s.sendto(data, peer)
            else:
                try:
                    data = s.recv(65536)
                    s.sendall(data)
                except OSError:
                    data = b""
                if not data:
                    s.close()
                    clients.remove(s)


def echo(s, target, data):
    s.sendto(data, (target, ECHO))
    try:
        s.recv(65535)
    except TimeoutError:
        pass


def udp(source, target):
    """Empty and small datagrams, many sizes, fragments, marks, no checksum, a closed port."""
    rng = random.Random(3948)
    with udp_socket(source) as s:
        for _ in range(6):
            echo(s, target, b"")
        for size in list(range(1, 40)) + [100, 255, 256, 257, 511, 1024, 1280, 1400, 1452, 1472, 1473, 3000, 8000, 30000]:
            echo(s, target, rng.randbytes(size))
        for mark in range(0, 256, 17):
            if ":" in source:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, mark)
            else:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, mark)
            echo(s, target, b"mark %d" % mark)
        s.sendto(b"is anybody there?", (target, NOBODY))
    with udp_socket(source) as s:
        s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        for i in range(3):
            echo(s, target, b"without checksum %d" % i)


def typing(target):
    """TCP segments of one byte, as from a keyboard."""
    with socket.create_connection((target, ECHO)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for c in b"ls -l; a line that is typed byte by byte\n":
            s.sendall(bytes([c]))
            s.recv(10)
            time.sleep(0.005)
        s.shutdown(socket.SHUT_WR)
        s.recv(10)


def groups():
    """Multicast with its membership reports, and broadcast."""
    with udp_socket("10.1.0.10") as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        index = socket.if_nametoindex("wire")
        membership = struct.pack("4s4si", socket.inet_aton("239.1.2.3"), socket.inet_aton("10.1.0.10"), index)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, membership)
        for i in range(5):
            s.sendto(b"to the group %d" % i, ("239.1.2.3", 5000))
            s.sendto(b"to all of the site %d" % i, ("10.1.0.255", 5000))
            s.sendto(b"to all on the wire %d" % i, ("255.255.255.255", 5000))
        time.sleep(1)
    with udp_socket("fd00:1::10") as s:
        group = socket.inet_pton(socket.AF_INET6, "ff05::1234") + struct.pack("i", index)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        for i in range(5):
            s.sendto(b"to the group %d" % i, ("ff05::1234", 5000))
        time.sleep(1)


def options6(source, target):
    """IPv6 extension headers: hop-by-hop and destination options, each a padding option; one with fragments."""
    padding = bytes([0, 0, 1, 4, 0, 0, 0, 0])
    for option in (IPV6_HOPOPTS, IPV6_DSTOPTS):
        with udp_socket(source) as s:
            s.setsockopt(socket.IPPROTO_IPV6, option, padding)
            for size in (0, 1, 100, 1400, 4000):
                echo(s, target, b"o" * size)


def checksum(header):
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def ipv4(payload, protocol=253, total=None, good=True):
    total = 20 + len(payload) if total is None else total
    ends = socket.inet_aton("10.1.0.12") + socket.inet_aton("10.2.0.20")
    header = struct.pack("!BBHHHBBH", 0x45, 0, total, 77, 0, 64, protocol, 0) + ends
    value = checksum(header) if good else checksum(header) ^ 0x1234
    return header[:10] + struct.pack("!H", value) + header[12:] + payload


def odd(interface, mac):
    """Frames that a capture has to be ready for: tags, LLC, lengths and checksums that are not right, runts."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((interface, 0))
    ends = bytes.fromhex(mac.replace(":", "")) + MAC_A
    ip = ends + b"\x08\x00"
    padding = bytes(18)
    frames = [
        ends + b"\x81\x00\x00\x07\x08\x00" + ipv4(b"behind a tag"),
        ends + b"\x88\xa8\x00\x07\x81\x00\x00\x08\x08\x00" + ipv4(b"behind two tags"),
        ends + b"\x00\x26\xaa\xaa\x03\x00\x00\x00\x08\x00" + ipv4(b"behind SNAP"),
        bytes.fromhex("0180c2000000") + MAC_A + b"\x00\x26\x42\x42\x03" + bytes(35),
        ip + ipv4(b"an experimental protocol") + padding,
        ip + ipv4(b""),
        ip + ipv4(b"", protocol=59) + padding,
        ip + ipv4(b"checksum is wrong", good=False),
        ip + ipv4(b"checksum is wrong again", good=False),
        ip + ipv4(b"total length is zero", total=0),
        ip + ipv4(b"total length below the header", total=12),
        ip + ipv4(b"total length beyond the frame", total=1000),
        ip + b"\x43" + ipv4(b"header length of three words")[1:],
        ip + b"\x55" + ipv4(b"version five")[1:],
        ip + ipv4(b"runt")[:17],
        ends + b"\x86\xdd\x60" + bytes(20),
    ]
    for frame in frames:
        s.send(frame)
        time.sleep(0.001)


def large(source, target, most):
    with udp_socket(source) as s:
        for size in (10000, 32768, 60000, most - 1, most):
            echo(s, target, (b"%08d" % size) * (size // 8) + b"." * (size % 8))


def main():
    name, *rest = sys.argv[1:]
    if name == "large":
        rest[2] = int(rest[2]) - 8  # room for the UDP header
    {
        "echo-server": echo_server,
        "udp": udp,
        "typing": typing,
        "groups": groups,
        "options6": options6,
        "odd": odd,
        "large": large,
    }[name](*rest)


if __name__ == "__main__":
    main()
