#!/bin/bash
# Records the demo's traffic: real programs in two network namespaces, site A (10.1.0.0/24, fd00:1::/64) and
# site B (10.2.0.0/24, fd00:2::/64) on one wire, seen by tcpdump at site A.
#
#   record.sh OUTPUT.pcapng.gz
#
# Must run as root. Makes the namespaces ipsec4j-rec-a and ipsec4j-rec-b and removes them again.
# Needs: iproute2 ethtool nftables tcpdump wireshark-common iputils-ping dnsmasq-base bind9-dnsutils curl
# netcat-openbsd python3 (Debian package names).
# One recording is not like another to the byte: clocks, ports and losses are those of the machine.
set -eu
[ $# = 1 ] || { sed -n 2,12p "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "record.sh: must run as root" >&2; exit 1; }
PATH=$PATH:/usr/sbin:/sbin
output=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
nsa=ipsec4j-rec-a
nsb=ipsec4j-rec-b
started=()

cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  ip netns del $nsa 2>/dev/null || true
  ip netns del $nsb 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

a() { ip netns exec $nsa "$@"; }
b() { ip netns exec $nsb "$@"; }
# background in a namespace; ip netns exec replaces itself, so $! is the program
at() { local ns=$1; shift; ip netns exec "$ns" "$@" >"$work/log" 2>&1 & started+=($!); }
try() { "$@" >/dev/null 2>&1 || true; }

mtu() {
  ip -n $nsa link set wire mtu "$1"
  ip -n $nsb link set wire mtu "$1"
}

# --- the wire -------------------------------------------------------------------------------------------------------
ip netns add $nsa
ip netns add $nsb
ip link add wire netns $nsa address 02:00:00:00:01:0a type veth peer name wire netns $nsb address 02:00:00:00:02:0b
for ns in $nsa $nsb; do
  # the kernel's own offloads would show packets that no wire ever carries
  ip netns exec $ns ethtool -K wire tso off gso off gro off tx off rx off sg off >/dev/null 2>&1 || true
  ip -n $ns link set lo up
done
for host in 10 11 12; do
  ip -n $nsa addr add 10.1.0.$host/24 dev wire
  ip -n $nsa addr add fd00:1::$host/64 dev wire nodad
done
for host in 20 53 80; do
  ip -n $nsb addr add 10.2.0.$host/24 dev wire
  ip -n $nsb addr add fd00:2::$host/64 dev wire nodad
done

ip -n $nsa link set wire up
ip -n $nsb link set wire up
ip netns exec $nsa tcpdump -i wire -U -s 0 -B 65536 --time-stamp-precision=nano -w "$work/traffic.pcap" \
  >"$work/tcpdump.log" 2>&1 &
tcpdump_pid=$!
started+=($tcpdump_pid)
until grep -q 'listening on' "$work/tcpdump.log"; do sleep 0.05; done
ip -n $nsa route add 10.2.0.0/16 dev wire
ip -n $nsb route add 10.1.0.0/16 dev wire
ip -n $nsa -6 route add fd00:2::/64 dev wire
ip -n $nsb -6 route add fd00:1::/64 dev wire
sleep 1

# --- servers at site B ----------------------------------------------------------------------------------------------
mkdir "$work/www"
/usr/bin/python3 "$here/payloads.py" text 400000 >"$work/www/book.txt"
/usr/bin/python3 "$here/payloads.py" noise 160000 >"$work/www/picture.bin"
at $nsb /usr/bin/python3 -m http.server --directory "$work/www" --bind :: 80
at $nsb dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --port=53 --user=root --no-dhcp-interface=wire \
  --listen-address=10.2.0.53,fd00:2::53 --bind-interfaces --address=/www.example/10.2.0.80 \
  --address=/www.example/fd00:2::80 --local=/example/ --edns-packet-max=4096 \
  --txt-record=small.example,hello --txt-record=large.example,"$(printf 'x%.0s' $(seq 200))","$(printf 'y%.0s' $(seq 250))","$(printf 'z%.0s' $(seq 250))" \
  --mx-host=example,mail.example,10 --srv-host=_sip._udp.example,www.example,5060
at $nsb /usr/bin/python3 "$here/programs.py" echo-server
sleep 1

# --- ordinary Ethernet: 1500 bytes ----------------------------------------------------------------------------------
for server in 10.2.0.53 fd00:2::53; do
  for query in "www.example A" "www.example AAAA" "small.example TXT" "example MX" "_sip._udp.example SRV" \
    "missing.example A" "large.example TXT" "large.example TXT +tcp" "large.example TXT +bufsize=512 +ignore" \
    "www.example A +tcp" "www.example ANY +dnssec"; do
    # shellcheck disable=SC2086
    try a dig @$server $query +time=1 +tries=1
  done
done
for i in $(seq 30); do try a dig @10.2.0.53 "host$i.example" +time=1 +tries=1; done

try a ping -c 40 -i 0.01 10.2.0.20
try a ping -c 40 -i 0.01 fd00:2::20
for size in 0 1 7 15 16 17 63 64 65 500 1000 1400 1472; do
  try a ping -c 2 -i 0.01 -s $size -I 10.1.0.11 10.2.0.20
  try a ping -c 2 -i 0.01 -s $size -I fd00:1::11 fd00:2::20
done
try a ping -c 4 -i 0.05 -R 10.2.0.20             # IP option: record route
try a ping -c 4 -i 0.05 -T tsandaddr 10.2.0.20   # IP option: time stamps
for tos in 0x01 0x02 0x03 0x28 0x48 0x88 0xb8 0xc0; do
  try a ping -c 2 -i 0.01 -Q $tos 10.2.0.20
  try a ping -c 2 -i 0.01 -Q $tos fd00:2::20
done
try a ping -c 6 -i 0.02 -s 4000 10.2.0.20        # fragments
try a ping -c 6 -i 0.02 -s 4000 fd00:2::20
try a ping -c 2 -i 0.02 -s 20000 10.2.0.20
try a ping -c 2 -i 0.02 -s 20000 fd00:2::20
try a ping -c 2 -i 0.1 -b 255.255.255.255 -W 1
try a ping -c 2 -i 0.1 -W 1 -I wire 224.0.0.1
try a ping -c 2 -i 0.1 -W 1 ff02::1%wire
try a ping -c 1 -W 1 10.2.0.77                   # nobody there: ARP without an answer
try a ping -c 1 -W 1 fd00:2::77

try a /usr/bin/python3 "$here/programs.py" udp 10.1.0.10 10.2.0.20
try a /usr/bin/python3 "$here/programs.py" udp fd00:1::10 fd00:2::20
try a /usr/bin/python3 "$here/programs.py" typing 10.2.0.20
try a /usr/bin/python3 "$here/programs.py" typing fd00:2::20
try a /usr/bin/python3 "$here/programs.py" groups
try a /usr/bin/python3 "$here/programs.py" options6 fd00:1::12 fd00:2::20
try a /usr/bin/python3 "$here/programs.py" odd wire 02:00:00:00:02:0b

# --- transfers with loss --------------------------------------------------------------------------------------------
for ns in $nsa $nsb; do
  ip netns exec $ns nft -f - <<'RULES'
table inet loss {
  chain input {
    type filter hook input priority -300; policy accept;
    meta l4proto tcp numgen random mod 1000 < 40 drop
  }
}
RULES
done
try a curl -s --max-time 60 http://10.2.0.80/book.txt
try a curl -s --max-time 60 "http://[fd00:2::80]/picture.bin"
try a curl -s --max-time 60 http://10.2.0.80/missing
try a sh -c "head -c 100000 '$work/www/picture.bin' | nc -N -w 20 10.2.0.20 7"
try a sh -c "head -c 60000 '$work/www/book.txt' | nc -N -w 20 fd00:2::20 7"
for ns in $nsa $nsb; do ip netns exec $ns nft delete table inet loss; done

# --- jumbo frames ---------------------------------------------------------------------------------------------------
ip -n $nsa neigh flush dev wire
mtu 9000
try a curl -s --max-time 20 http://10.2.0.80/picture.bin
try a curl -s --max-time 20 "http://[fd00:2::80]/book.txt"
for size in 1473 2000 4000 8000 8952 8972; do
  try a ping -c 2 -i 0.01 -s $size 10.2.0.20
  try a ping -c 2 -i 0.01 -s $size fd00:2::20
done
mtu 65000
for size in 9000 16384 30000 50000 64952 64972; do
  try a ping -c 1 -s $size 10.2.0.20
  try a ping -c 1 -s $size fd00:2::20
done
try a /usr/bin/python3 "$here/programs.py" large 10.1.0.10 10.2.0.20 64972
try a /usr/bin/python3 "$here/programs.py" large fd00:1::10 fd00:2::20 64952
try a curl -s --max-time 20 http://10.2.0.80/book.txt
sleep 1

# --- the file -------------------------------------------------------------------------------------------------------
kill -INT $tcpdump_pid
wait $tcpdump_pid || true
cat "$work/tcpdump.log" >&2
editcap -F pcapng "$work/traffic.pcap" "$work/traffic.pcapng"
gzip -9 -n <"$work/traffic.pcapng" >"$output"
ls -l "$output" >&2
