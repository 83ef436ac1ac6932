# shellcheck shell=sh
# Brings what the tests need; sourced by tests/run in the root of the checkout.
#
# As root on Debian it installs Debian packages; everything else lands in .testbench/. What cannot be had is
# named with the command that would bring it, and the tests that need it skip.

# Each line: a command that tests use, and the Debian package that brings it.
debian_commands() {
  cat <<'EOF'
bwrap bubblewrap
busybox busybox-static
curl curl
dash dash
dbus-run-session dbus
debootstrap debootstrap
dunst dunst
gdbus libglib2.0-bin
git git
ksh ksh
mksh mksh
node nodejs
notify-send libnotify-bin
npm npm
python3 python3-venv
setsid util-linux
wget wget
Xvfb xvfb
yash yash
zsh zsh
EOF
}

# missing_packages: the Debian packages whose command is not there, one a line.
missing_packages() {
  debian_commands | while read -r command package; do
    command -v "$command" >/dev/null 2>&1 || printf '%s\n' "$package"
  done
  # Debian's python3 comes without ensurepip; venv needs it.
  find_python >/dev/null || printf 'python3-venv\n'
}

remedy_npm() {
  printf 'npm install --ignore-scripts in .testbench, with tests/package.json'
}

provide_debian() {
  packages=$(missing_packages | sort -u | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  if [ "$(id -u)" != 0 ] || [ ! -e /etc/debian_version ]; then
    printf 'missing: %s\n  bring it: sudo apt-get install %s\n' "$packages" "$packages"
    return 0
  fi
  printf 'installing %s\n' "$packages"
  # shellcheck disable=SC2086 # one word a package
  if ! { apt_get update && apt_get install --no-install-recommends $packages; } >.testbench/apt.log 2>&1; then
    tail -n 20 .testbench/apt.log
    return 1
  fi
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# find_python: the first Python >= 3.11 that can make a virtual environment.
find_python() {
  for candidate in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# fresh NAME INPUT…: whether the part was brought for exactly these inputs (text, not files).
fresh() {
  [ -f ".testbench/$1.stamp" ] && [ "$(stamp_of "$@")" = "$(cat ".testbench/$1.stamp")" ]
}

stamp() {
  stamp_of "$@" >".testbench/$1.stamp"
}

stamp_of() {
  printf '%s\n' "$@" | cksum
}

provide_python() {
  python=$(find_python) || {
    printf 'missing: Python >= 3.11 with venv\n  bring it: sudo apt-get install python3-venv\n'
    return 1
  }
  inputs="$("$python" -V) $PWD $(cat tests/requirements.txt)"
  if [ ! -x .testbench/venv/bin/pytest ] || ! fresh venv "$inputs"; then
    printf 'making .testbench/venv\n'
    rm -rf .testbench/venv .testbench/project.stamp
    "$python" -m venv .testbench/venv
    .testbench/venv/bin/pip install -qq --disable-pip-version-check -r tests/requirements.txt
    stamp venv "$inputs"
  fi
  inputs=$(cat pyproject.toml)
  if ! fresh project "$inputs"; then
    printf 'installing the project into .testbench/venv\n'
    .testbench/venv/bin/pip install -qq --disable-pip-version-check --editable .
    stamp project "$inputs"
  fi
}

provide_npm() {
  inputs=$(cat tests/package.json)
  if opencode_binary >/dev/null && fresh npm "$inputs"; then
    return 0
  fi
  command -v npm >/dev/null 2>&1 || return 0
  printf 'installing npm packages\n'
  rm -rf .testbench/node_modules
  cp tests/package.json .testbench/package.json
  # No lock file: a registry without the other platforms' packages leaves it incomplete.
  (cd .testbench && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error </dev/null)
  stamp npm "$inputs"
}

# opencode_binary: the path of the pinned opencode; it is also the bun that plugins run on (BUN_BE_BUN=1).
opencode_binary() {
  for binary in "$PWD"/.testbench/node_modules/opencode-*/bin/opencode; do
    if [ -x "$binary" ]; then
      printf '%s\n' "$binary"
      return 0
    fi
  done
  return 1
}

# provide_ntfy: the real server, from Debian sid by an apt configuration of its own; the machine's stays as it is.
# Only sid has a version that can update and clear notifications (>= 2.16).
provide_ntfy() {
  [ ! -x .testbench/ntfy/ntfy ] || return 0
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
    printf 'missing: ntfy >= 2.16\n  bring it: put the binary from https://github.com/binwiederhier/ntfy/releases at .testbench/ntfy/ntfy\n'
    return 0
  fi
  printf 'downloading ntfy\n'
  work=$PWD/.testbench/ntfy.apt
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" .testbench/ntfy
  # shellcheck disable=SC2016 # apt fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' \
    "${mirror:-http://deb.debian.org/debian}" >"$work/sources.list"
  cat >"$work/apt.conf" <<EOF
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
EOF
  (
    cd "$work"
    APT_CONFIG=$work/apt.conf
    export APT_CONFIG
    apt-get -q update </dev/null
    apt-get -q download ntfy </dev/null
    dpkg-deb -x ntfy_*.deb tree
  ) >.testbench/ntfy.log 2>&1 || {
    tail -n 20 .testbench/ntfy.log
    return 1
  }
  mv "$work/tree/usr/bin/ntfy" .testbench/ntfy/ntfy
  rm -rf "$work"
}

# provide: brings every part; a part that fails does not keep the others from coming.
provide() {
  mkdir -p .testbench
  failures=0
  for part in provide_debian provide_python provide_npm provide_ntfy; do
    # A command of its own, because set -e is off inside a condition.
    sh -eu -c ". tests/support/provide.sh; $part" || {
      printf 'FAILED: %s\n' "$part"
      failures=1
    }
  done
  return "$failures"
}
