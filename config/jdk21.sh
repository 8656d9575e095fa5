#!/bin/bash
# Puts a Java 21 runtime into folder DIR, so that tests can run on the oldest Java we promise: config/jdk21.sh DIR
# Takes one that is installed; else, on Debian, unpacks the packages of the suite trixie below DIR without installing
# them. That JVM needs its suite's C library, so DIR/bin/java starts it through that suite's loader.
set -eu

dir=${1:?usage: jdk21.sh DIR}
say() { echo "jdk21: $*" >&2; }
is_21() { [ -x "$1/bin/java" ] && "$1/bin/java" -version 2>&1 | grep -q 'version "21'; }

is_21 "$dir" && exit 0

for home in "${JAVA21_HOME:-}" /usr/lib/jvm/*21*; do
  if [ -n "$home" ] && is_21 "$home"; then
    mkdir -p "$(dirname "$dir")"
    rm -rf "$dir"
    ln -s "$home" "$dir"
    exit 0
  fi
done

command -v apt-get >/dev/null && [ -r /usr/share/keyrings/debian-archive-keyring.gpg ] || {
  say "no Java 21 found, and this is no Debian to fetch one from: set JAVA21_HOME, or leave these tests out with -DskipUnitTests"
  exit 1
}

say "fetching a Java 21 runtime into $dir"
rm -rf "$dir"
root=$dir/root
apt=$dir/apt
mkdir -p "$root" "$dir/bin" "$apt/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
# The mirror that this machine uses; apt knows it only once it has an index.
mirror() { apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep '/debian/*$' | head -n 1 || true; }
uri=$(mirror)
[ -n "$uri" ] || {
  apt-get -qq update >"$dir/log" 2>&1 || true
  uri=$(mirror)
}
[ -n "$uri" ] || {
  say "apt names no Debian mirror; run apt-get update, or set JAVA21_HOME"
  exit 1
}
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri trixie main" >"$apt/sources.list"

# An apt world of its own: nothing of the machine's apt is read or changed.
apt_get() {
  apt-get -qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
    -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o APT::Install-Recommends=false \
    -o APT::Keep-Downloaded-Packages=true -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" "$@"
}
apt_get update >"$dir/log" 2>&1 && apt_get -y --download-only install openjdk-21-jre-headless >>"$dir/log" 2>&1 || {
  tail -n 5 "$dir/log" >&2
  say "could not download openjdk-21-jre-headless"
  exit 1
}
for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
rm -rf "$apt"

java=$(echo "$root"/usr/lib/jvm/java-21-openjdk-*/bin/java)
home=${java%/bin/java}
loader=$(find "$root"/lib* "$root"/usr/lib* -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
libraries=$(dirname "$(find "$root"/usr/lib "$root"/lib -name libc.so.6 2>/dev/null | head -n 1)")
[ -x "$java" ] && [ -n "$loader" ] || {
  say "the packages do not hold what was expected; see $root"
  exit 1
}

# Configuration is linked by absolute paths; give the runtime its own copies.
find "$home" -type l | while read -r link; do
  target=$(readlink "$link")
  case $target in
    /*)
      if [ -e "$root$target" ]; then
        rm "$link"
        cp -rL "$root$target" "$link"
      fi
      ;;
  esac
done

cat >"$dir/bin/java" <<END
#!/bin/sh
exec "$loader" --library-path "$libraries" "$java" "\$@"
END
chmod +x "$dir/bin/java"
cp "$home/release" "$dir/release"
is_21 "$dir" || {
  "$dir/bin/java" -version >&2 || true
  say "the runtime in $dir does not start"
  exit 1
}
