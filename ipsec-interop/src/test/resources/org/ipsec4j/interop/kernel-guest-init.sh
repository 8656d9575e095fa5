#!/bin/bash
# The first process of the guest kernel. Its root is the host's file system, read-only; the folder that this file lies in
# is mounted read-write at /run/box. There it runs 1.sh, 2.sh, ... as they appear; N.out takes what N.sh prints, N.rc its status.
folder=${0%/*}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
# No busybox applet before /proc is the guest's own: they run /proc/self/exe, which would be the kernel itself.
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mkdir -p /run/box /run/tmp /run/lock /run/netns /run/tree/lib/modules
mount -t hostfs -o "$folder" box /run/box

release=$(</proc/sys/kernel/osrelease)
ln -s "/usr/lib/uml/modules/$release" "/run/tree/lib/modules/$release"
# also for the modules that the kernel asks for by itself
printf '#!/bin/sh\nexec /usr/sbin/modprobe -d /run/tree "$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
# ansi_cprng: every state with an IV wants a random number generator
/run/modprobe -a -q ansi_cprng xfrm_user esp4 esp6 ah4 ah6 ipcomp ipcomp6 xfrm4_tunnel xfrm6_tunnel deflate authenc \
  authencesn echainiv seqiv cbc ctr gcm ccm ghash-generic chacha20poly1305 hmac sha512_generic cmac xcbc sch_netem

ip link set lo up
ip link set vec0 name eth0 2>/dev/null
ip link set eth0 up

mkfifo /run/nap
exec 9<>/run/nap
cd /run/tmp || exit 1
echo up >/run/box/up
n=1
while :; do
  if [ -e "/run/box/$n.sh" ]; then
    bash "/run/box/$n.sh" >"/run/box/$n.out" 2>&1 </dev/null
    echo $? >"/run/box/$n.rc"
    n=$((n + 1))
  else
    read -r -t 0.01 -u 9
  fi
done
