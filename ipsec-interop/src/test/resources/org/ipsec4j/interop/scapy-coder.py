#!/usr/bin/python3
"""Scapy as a second opinion on ESP and AH.

Without arguments: reads requests from standard input, one JSON object a line, and answers each with one line.
    {"op": "seal" | "open", "packet": HEX, "sa": {...}}  ->  {"packet": HEX} or {"error": TEXT}
With arguments SAS CAPTURE: opens every ESP and AH packet of a capture whose SPI is in SAS, a file with one sa a line, and
prints for each of them {"spi": N, "opened": N, "failed": N, "error": TEXT}.

An sa: proto (esp, ah), spi, seq, enc, key (salt at its end), icv (octets, for AES-CCM), auth, authkey, tunnel ([source,
destination] of the outer header), udp (port), high (upper half of the number, where there is one). Keys are hexadecimal.
"""
import json
import logging
import sys
import warnings

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

from cryptography.hazmat.primitives.ciphers import algorithms, modes
from scapy.layers import ipsec
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import AH, ESP, SecurityAssociation
from scapy.utils import rdpcap


def short_gcm(octets):
    """GCM with a truncated tag, which scapy's own entry cannot do."""
    return ipsec.CryptAlgo("AES-GCM", cipher=algorithms.AES, mode=modes.GCM, key_size=(16, 24, 32), block_size=1,
                           iv_size=8, icv_size=octets, salt_size=4,
                           format_mode_iv=lambda sa, iv, **more: sa.crypt_salt + iv)


for octets in (8, 12):
    ipsec.CRYPT_ALGOS["AES-GCM-%d" % octets] = short_gcm(octets)


def whole(octets):
    return IPv6(octets) if octets[0] >> 4 == 6 else IP(octets)


class Association:
    """One SA. Scapy leaves the upper half of numbers out of ESP's separate ICV; here it is put in (RFC 4303 2.2.1)."""

    def __init__(self, words):
        self.is_esp = words["proto"] == "esp"
        self.high = words.get("high")
        self.auth = words.get("auth")
        self.auth_key = bytes.fromhex(words.get("authkey", ""))
        self.own_icv = self.is_esp and self.high is not None and self.auth is not None
        more = {}
        if words.get("icv"):
            more["crypt_icv_size"] = words["icv"]
        if words.get("tunnel"):
            source, destination = words["tunnel"]
            more["tunnel_header"] = (IPv6 if ":" in source else IP)(src=source, dst=destination)
        if self.high is not None:
            more.update(esn_en=True, esn=self.high)
        self.common = dict(spi=words["spi"], seq_num=words.get("seq", 1), crypt_algo=words.get("enc"),
                           crypt_key=bytes.fromhex(words.get("key", "")) or None, **more)
        self.udp = words.get("udp")

    def scapys(self, sealing):
        more = dict(self.common)
        if sealing and self.udp:
            more["nat_t_header"] = UDP(sport=self.udp, dport=self.udp)
        if not (sealing and self.own_icv):
            more.update(auth_algo=self.auth, auth_key=self.auth_key or None)
        return SecurityAssociation(ESP if self.is_esp else AH, **more)

    def icv(self, esp):
        algorithm = ipsec.AUTH_ALGOS[self.auth]
        mac = algorithm.new_mac(self.auth_key)
        mac.update(esp + self.high.to_bytes(4, "big"))
        return mac.finalize()[:algorithm.icv_size]

    def seal(self, packet):
        sealed = self.scapys(True).encrypt(packet)
        if self.own_icv:
            sealed[ESP].data += self.icv(bytes(sealed[ESP]))
        if self.own_icv or self.udp:
            # all lengths anew; scapy leaves ESP out of that of UDP
            for layer, field in ((IP, "len"), (IP, "chksum"), (IPv6, "plen"), (UDP, "len")):
                if layer in sealed:
                    sealed[layer].delfieldval(field)
        return bytes(sealed)

    def open(self, packet):
        if self.own_icv:
            esp = bytes(packet[ESP])
            length = ipsec.AUTH_ALGOS[self.auth].icv_size
            if self.icv(esp[:-length]) != esp[-length:]:
                raise ipsec.IPSecIntegrityError("the ICV with the upper half is wrong")
            if packet[ESP].spi != self.common["spi"]:
                raise ValueError("another SPI")
            return bytes(self.scapys(False).decrypt(packet, verify=False))
        return bytes(self.scapys(False).decrypt(packet))


def answer(request):
    try:
        association = Association(request["sa"])
        packet = whole(bytes.fromhex(request["packet"]))
        result = association.seal(packet) if request["op"] == "seal" else association.open(packet)
        return {"packet": result.hex()}
    except Exception as failure:
        return {"error": "%s: %s" % (type(failure).__name__, failure)}


def judge(sas, capture):
    associations = {}
    for line in open(sas):
        words = json.loads(line)
        associations[words["spi"]] = words
    results = {spi: {"spi": spi, "opened": 0, "failed": 0, "error": ""} for spi in associations}
    for frame in rdpcap(capture):
        packet = frame.getlayer(IP) or frame.getlayer(IPv6)
        layer = packet and (packet.getlayer(AH) or packet.getlayer(ESP))
        if not layer or layer.spi not in associations:
            continue
        result = results[layer.spi]
        try:
            Association(associations[layer.spi]).open(whole(bytes(packet)))
            result["opened"] += 1
        except Exception as failure:
            result["failed"] += 1
            result["error"] = "%s: %s" % (type(failure).__name__, failure)
    for result in results.values():
        print(json.dumps(result))


if len(sys.argv) == 3:
    judge(*sys.argv[1:])
else:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
