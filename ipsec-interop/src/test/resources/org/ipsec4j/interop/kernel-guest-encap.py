#!/usr/bin/python3
"""Holds the sockets that a kernel needs to take ESP out of UDP (UDP_ENCAP_ESPINUDP, RFC 3948), until it is ended."""
import socket
import time

UDP_ENCAP = 100
ESP_IN_UDP = 2

sockets = []
for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    holder = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    holder.bind((address, 4500))
    try:
        holder.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, ESP_IN_UDP)
    except OSError as refused:
        print(family, refused, flush=True)
    sockets.append(holder)
print("ready", flush=True)
while True:
    time.sleep(3600)
