#!/bin/bash
# Measures TCP and UDP through user-space tunnels between two network namespaces of this machine, in one run:
# a plain veth pair, our gateway, strongSwan's user-space ESP (kernel-libipsec) and wireguard-go.
#   bench/tunnel.sh [--rounds N] [--seconds N] [--only NAME,NAME] [--no-udp] [--profile] [--out FOLDER]
#     --rounds    rounds; each measures every way once, medians are printed (default 3)
#     --seconds   seconds of each TCP run; a UDP run takes half of it (default 6)
#     --only      ways to measure: veth, ipsec4j, strongswan, wireguard
#     --profile   records our two gateways with JFR (and async-profiler where `asprof` is on the PATH) into the output folder
#     --out       where logs, raw results and profiles go (default: bench/out/tunnel-DATE)
#   TUNNEL_GATEWAY  command of our gateway (default: the `ipsec` script of this tree)
#   TUNNEL_JAVA     JVM options of our gateway (default: see GATEWAY_JAVA below)
#   TUNNEL_UDP      offered UDP rate for iperf3 -b (default 0: as fast as it can)
# Runs as root on Linux. Ends with `tunnel: ok ...`, or with what fell short (exit status 1), or with what is missing (2).
set -u
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
GATEWAY=${TUNNEL_GATEWAY:-$here/ipsec}
GATEWAY_JAVA=${TUNNEL_JAVA:--Xms128m -Xmx256m -XX:+UseSerialGC}
GOAL=3
rounds=3 seconds=6 only=veth,ipsec4j,strongswan,wireguard udp=1 profile= out=
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --only) only=$2; shift ;;
    --no-udp) udp= ;;
    --profile) profile=1 ;;
    --out) out=$2; shift ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done

missing=
want() { # PROBE PACKAGE
  case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac || missing="$missing $2"
}
chosen() { case ,$only, in *,$1,*) return 0 ;; esac; return 1; }
PLUGINS=/usr/lib/ipsec/plugins
[ "$(id -u)" = 0 ] || { echo "tunnel: must run as root: it makes network namespaces"; exit 2; }
want ip iproute2; want iperf3 iperf3; want ping iputils-ping
if chosen strongswan; then
  want /usr/lib/ipsec/charon strongswan-charon; want swanctl strongswan-swanctl
  want $PLUGINS/libstrongswan-kernel-libipsec.so libcharon-extra-plugins
  want $PLUGINS/libstrongswan-curve25519.so libstrongswan-extra-plugins
  want $PLUGINS/libstrongswan-openssl.so libstrongswan-standard-plugins
fi
chosen wireguard && { want wireguard-go wireguard-go; want wg wireguard-tools; }
[ -z "$missing" ] || { echo "tunnel: not installed:$missing (on Debian: RUNLEVEL=1 apt-get install$missing)"; exit 2; }
[ -e /dev/net/tun ] || { echo "tunnel: there is no /dev/net/tun (modprobe tun)"; exit 2; }

out=${out:-$here/bench/out/tunnel-$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"; out=$(cd "$out" && pwd -P)
work=$(mktemp -d)
A=tunnel-a-$$ B=tunnel-b-$$
pids=()
end_of() { # PID: ends it, by force after five seconds
  kill "$1" 2>/dev/null
  for _ in $(seq 50); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$1" 2>/dev/null
}
cleanup() {
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do end_of "$pid"; done
  ip netns del $A 2>/dev/null; ip netns del $B 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
fail() { echo "tunnel: $*" | tee -a "$out/table.txt"; exit 1; }

until_true() { # SECONDS COMMAND...
  local left=$(($1 * 10)); shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1)); [ $left -gt 0 ] || return 1
    sleep 0.1
  done
}
reaches() { # ADDRESS SOURCE
  until_true 30 ip netns exec $A ping -c1 -W1 -I "$2" "$1"
}

# Two namespaces and the wire between them.
for ns in $A $B; do ip netns add $ns && ip -n $ns link set lo up || fail "network namespaces cannot be made"; done
ip link add name tv$$a type veth peer name tv$$b || fail "a veth pair cannot be made"
ip link set tv$$a netns $A name wire; ip link set tv$$b netns $B name wire
ip -n $A addr add 10.9.0.1/24 dev wire; ip -n $B addr add 10.9.0.2/24 dev wire
ip -n $A link set wire up; ip -n $B link set wire up

declare -A server source daemons title
title[veth]="plain veth"; server[veth]=10.9.0.2; source[veth]=10.9.0.1; daemons[veth]=
title[ipsec4j]="ipsec4j"; server[ipsec4j]=10.4.0.1; source[ipsec4j]=10.3.0.1
title[strongswan]="strongSwan libipsec"; server[strongswan]=10.2.0.1; source[strongswan]=10.1.0.1
title[wireguard]="wireguard-go"; server[wireguard]=10.77.0.2; source[wireguard]=10.77.0.1

policy() { # US OUTER INNER THEM OUTER INNER
  cat <<P
version: 1
node:
  tun: { name: esp0, addresses: [$3/32] }
  ports: { ike: 15500, nat: 14500 }
peers:
  $4:
    local: { address: $2, id: $1@tunnel.test }
    remote: { address: $5, id: $4@tunnel.test, ports: { ike: 15500, nat: 14500 } }
    auth: { psk: { file: psk.txt } }
    ike: { proposals: [aes128gcm16-prfsha256-x25519], encapsulation: always }
    children:
      net: { local: [$3/32], remote: [$6/32], esp: [aes128gcm16], start: none }
P
}
gateway() { # NAME NAMESPACE
  local folder=$work/$1 jvm=$GATEWAY_JAVA
  [ -z "$profile" ] || jvm="$jvm -XX:StartFlightRecording=filename=$out/gateway-$1.jfr,settings=profile,dumponexit=true -XX:FlightRecorderOptions=stackdepth=96"
  mkfifo "$folder/orders"
  IPSEC_JAVA_OPTS="${IPSEC_JAVA_OPTS:-} $jvm" IPSEC_NO_BUILD=1 \
    ip netns exec "$2" $GATEWAY run "$folder/policy.yaml" --events json \
    <"$folder/orders" >"$out/gateway-$1.log" 2>"$out/gateway-$1.err" &
  pids+=($!); started=$!
}
ready() { # NAME PID: whether our gateway says so within a minute, and lives
  until_true 60 sh -c "grep -q '\"ready\"' '$out/gateway-$1.log' || ! kill -0 $2" && kill -0 "$2" 2>/dev/null
}
start_ipsec4j() {
  $GATEWAY --version >"$out/ipsec4j.version" 2>&1 || { cat "$out/ipsec4j.version"; fail "our gateway does not start"; }
  mkdir "$work/a" "$work/b"
  echo "only a secret of this test" >"$work/a/psk.txt"; cp "$work/a/psk.txt" "$work/b/psk.txt"
  chmod 600 "$work"/?/psk.txt
  policy a 10.9.0.1 10.3.0.1 b 10.9.0.2 10.4.0.1 >"$work/a/policy.yaml"
  policy b 10.9.0.2 10.4.0.1 a 10.9.0.1 10.3.0.1 >"$work/b/policy.yaml"
  gateway a $A; local one=$started
  gateway b $B; daemons[ipsec4j]="$one $started"
  exec 7>"$work/a/orders" 8>"$work/b/orders"
  ready a $one && ready b $started ||
    { cat "$out"/gateway-?.err; fail "our gateways did not get ready, see $out"; }
  echo "initiate net" >&7
  reaches 10.4.0.1 10.3.0.1 || fail "our tunnel did not come up, see $out"
}
swanctl_conf() { # US OUTER INNER THEM OUTER INNER
  cat <<C
connections {
  tunnel {
    version = 2
    local_addrs = $2
    remote_addrs = $5
    proposals = aes128gcm16-prfsha256-x25519
    local { auth = psk
      id = $1@tunnel.test
    }
    remote { auth = psk
      id = $4@tunnel.test
    }
    children {
      net { local_ts = $3/32
        remote_ts = $6/32
        esp_proposals = aes128gcm16
        updown =
      }
    }
  }
}
secrets {
  ike-1 { secret = "only a secret of this test"
  }
}
C
}
charon() { # NAME NAMESPACE
  local folder=$work/sw-$1
  mkdir -p "$folder/run" "$folder/swanctl"; cat >"$folder/swanctl/swanctl.conf"
  cat >"$folder/strongswan.conf" <<C
charon {
  load = random drbg nonce openssl aesni aes sha2 sha1 hmac kdf gcm curve25519 gmp kernel-libipsec kernel-netlink socket-default vici
  install_routes = yes
  plugins { vici { socket = unix://$folder/vici }
  }
}
C
  # charon wants its pid file in /run; it gets a /run of its own
  STRONGSWAN_CONF=$folder/strongswan.conf ip netns exec "$2" \
    sh -c "mount --bind $folder/run /run && exec /usr/lib/ipsec/charon" >"$out/charon-$1.log" 2>&1 &
  pids+=($!); daemons[strongswan]="${daemons[strongswan]:-} $!"
  until_true 15 test -S "$folder/vici" || fail "charon did not start, see $out/charon-$1.log"
  orders "$1" --load-all >>"$out/charon-$1.log" 2>&1 || fail "charon took no configuration, see $out/charon-$1.log"
}
orders() { # NAME ARGUMENTS...
  local folder=$work/sw-$1 order=$2; shift 2
  STRONGSWAN_CONF=$folder/strongswan.conf SWANCTL_DIR=$folder/swanctl swanctl "$order" --uri "unix://$folder/vici" "$@"
}
start_strongswan() {
  ip -n $A addr add 10.1.0.1/32 dev lo; ip -n $B addr add 10.2.0.1/32 dev lo
  # no pipe: what runs in one is a subshell, whose processes would be forgotten
  charon a $A < <(swanctl_conf a 10.9.0.1 10.1.0.1 b 10.9.0.2 10.2.0.1)
  charon b $B < <(swanctl_conf b 10.9.0.2 10.2.0.1 a 10.9.0.1 10.1.0.1)
}
start_strongswan_child() {
  orders a --initiate --child net >>"$out/charon-a.log" 2>&1
  reaches 10.2.0.1 10.1.0.1 || fail "strongSwan's tunnel did not come up, see $out"
}
start_wireguard() {
  local ns name
  for name in a b; do
    ns=$A; [ $name = a ] || ns=$B
    ip netns exec $ns env WG_PROCESS_FOREGROUND=1 wireguard-go wg$name$$ >"$out/wireguard-$name.log" 2>&1 &
    pids+=($!); daemons[wireguard]="${daemons[wireguard]:-} $!"
    until_true 10 ip -n $ns link show wg$name$$ || fail "wireguard-go did not start, see $out"
    (umask 077; wg genkey >"$work/wg-$name")
  done
  ip netns exec $A wg set wga$$ private-key "$work/wg-a" listen-port 51820 peer "$(wg pubkey <"$work/wg-b")" endpoint 10.9.0.2:51820 allowed-ips 10.77.0.0/24
  ip netns exec $B wg set wgb$$ private-key "$work/wg-b" listen-port 51820 peer "$(wg pubkey <"$work/wg-a")" endpoint 10.9.0.1:51820 allowed-ips 10.77.0.0/24
  ip -n $A addr add 10.77.0.1/24 dev wga$$; ip -n $B addr add 10.77.0.2/24 dev wgb$$
  ip -n $A link set wga$$ mtu 1420 up; ip -n $B link set wgb$$ mtu 1420 up
  reaches 10.77.0.2 10.77.0.1 || fail "wireguard-go's tunnel did not come up, see $out"
}

ticks=$(getconf CLK_TCK)
cpu() { # PID...: clock ticks of user time, and of system time
  local user=0 system=0 pid rest
  for pid in "$@"; do
    rest=$(cat /proc/"$pid"/stat 2>/dev/null) || continue
    # the name in front may hold spaces
    set -- ${rest##*) }
    user=$((user + ${12})); system=$((system + ${13}))
  done
  echo "$user $system"
}
# One run; prints: Mbit/s received, retransmits or lost datagrams in percent, CPU seconds of the daemons per GiB, system's share of them in percent
measure() { # WAY tcp|udp
  local way=$1 kind=$2 length=$seconds more= before after log=$out/iperf3.log
  [ "$kind" = tcp ] || { length=$(((seconds + 1) / 2)); more="-u -l 1300 -b ${TUNNEL_UDP:-0}"; }
  ip netns exec $B timeout $((length + 20)) iperf3 -s -1 -B ${server[$way]} >/dev/null 2>&1 &
  local listener=$!
  pids+=($listener)
  until_true 5 sh -c "ip netns exec $B ss -Hltn | grep -q ':5201 '"
  before=$(cpu ${daemons[$way]})
  # shellcheck disable=SC2086 # options are words
  ip netns exec $A timeout $((length + 15)) iperf3 -c ${server[$way]} -B ${source[$way]} -t $length -f m $more >"$work/iperf" 2>&1
  after=$(cpu ${daemons[$way]})
  kill $listener 2>/dev/null; wait $listener 2>/dev/null
  unset 'pids[-1]'
  { echo "== $way $kind"; cat "$work/iperf"; } >>"$log"
  awk -v kind="$kind" -v before="$before" -v after="$after" -v hz="$ticks" -v length_="$length" '
    / receiver$/ { for (i = 2; i <= NF; i++) if ($i == "Mbits/sec") rate = $(i - 1)
      if (kind == "udp" && match($0, /\([0-9.e+-]+%\)/)) lost = substr($0, RSTART + 1, RLENGTH - 3) }
    / sender$/ { if (kind == "tcp") lost = $(NF - 1) }
    END { if (rate == "") { print "0 - - -"; exit }
      split(before, b, " "); split(after, a, " ")
      system_ = a[2] - b[2]; ticks = a[1] - b[1] + system_
      gib = rate * length_ / 8 * 1e6 / 1073741824
      printf "%.0f %s %.2f %.0f\n", rate, lost, (gib > 0 ? ticks / hz / gib : 0), (ticks > 0 ? 100 * system_ / ticks : 0) }' "$work/iperf"
}
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR == 0) print "-"; else print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { awk -v way="$1" -v kind="$2" -v c="$3" '$2 == way && $3 == kind && $c != "" && $c != "-" { print $c }' "$out/results.txt" | median; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a == "-" || b == "-" || b + 0 == 0) print "-"; else printf "%.2f", a / b }'; }

ways=
for way in veth ipsec4j strongswan wireguard; do
  chosen $way || continue
  ways="$ways $way"
done
chosen strongswan && { start_strongswan; start_strongswan_child; }
chosen wireguard && start_wireguard
chosen ipsec4j && start_ipsec4j
{
  date
  uname -srm
  sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort | uniq -c
  iperf3 --version | head -n 1
  chosen ipsec4j && { cat "$out/ipsec4j.version"; echo "JVM options: $GATEWAY_JAVA"; }
  chosen strongswan && /usr/lib/ipsec/charon --version
  chosen wireguard && wireguard-go --version | head -n 1
} >"$out/machine.txt" 2>&1

# the first run of each way warms it up and does not count
for way in $ways; do measure $way tcp >/dev/null; done
if [ -n "$profile" ] && command -v asprof >/dev/null; then
  for pid in ${daemons[ipsec4j]}; do asprof start -e cpu "$pid" >/dev/null 2>&1; done
fi
: >"$out/results.txt"
for round in $(seq "$rounds"); do
  for way in $ways; do
    echo "$round $way tcp $(measure $way tcp)" >>"$out/results.txt"
    [ -z "$udp" ] || echo "$round $way udp $(measure $way udp)" >>"$out/results.txt"
  done
done
if [ -n "$profile" ] && command -v asprof >/dev/null; then
  for pid in ${daemons[ipsec4j]}; do asprof stop -o flamegraph -f "$out/gateway-$pid.html" "$pid" >/dev/null 2>&1; done
fi
if chosen ipsec4j; then
  echo status >&7; echo status >&8
  sleep 1
fi

ours_tcp=-; ours_udp=-
chosen ipsec4j && { ours_tcp=$(column ipsec4j tcp 4); ours_udp=$(column ipsec4j udp 4); }
{
  printf '%-20s %10s %8s %10s %10s' way "TCP Mbit/s" retrans "CPU s/GiB" ours/this
  [ -z "$udp" ] || printf ' %10s %8s %10s %10s' "UDP Mbit/s" "lost %" "CPU s/GiB" ours/this
  echo
  for way in $ways; do
    tcp=$(column $way tcp 4)
    printf '%-20s %10s %8s %10s %10s' "${title[$way]}" "$tcp" "$(column $way tcp 5)" "$(column $way tcp 6)" "$(ratio "$ours_tcp" "$tcp")"
    if [ -n "$udp" ]; then
      rate=$(column $way udp 4)
      printf ' %10s %8s %10s %10s' "$rate" "$(column $way udp 5)" "$(column $way udp 6)" "$(ratio "$ours_udp" "$rate")"
    fi
    echo
  done
} | tee "$out/table.txt"
echo "medians of $rounds rounds of $seconds s; CPU of both daemons; load $(cut -d' ' -f1-3 /proc/loadavg); raw results in $out" | tee -a "$out/table.txt"

short=
for way in strongswan wireguard; do
  chosen $way && chosen ipsec4j || continue
  got=$(ratio "$ours_tcp" "$(column $way tcp 4)")
  awk -v g="$got" -v goal=$GOAL 'BEGIN { exit !(g != "-" && g + 0 >= goal) }' || short="$short; TCP is $got times ${title[$way]}, wanted $GOAL"
done
chosen ipsec4j || { echo "tunnel: ok, our gateway was not measured" | tee -a "$out/table.txt"; exit 0; }
[ -z "$short" ] || fail "fell short${short/;/:}"
echo "tunnel: ok, TCP $ours_tcp Mbit/s" | tee -a "$out/table.txt"
