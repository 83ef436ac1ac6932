#!/bin/sh
# Installs opencode-unattended for one user, then starts its guided set-up. `sh install.sh --help` tells the options.
#
# Up to the last line there are only constants and functions, and that line does nothing until its brace is closed: a
# download that was cut short runs nothing. No variable is called path or status: zsh has its own of these names.

VERSION=0.1.0
# The folder of this version's release files, for the piped form. Empty as long as releases have no published place.
BASE_URL=

usage() {
  cat <<'END'
Usage: sh install.sh [--from PATH|URL | --index] [OPTION]...
       curl -fsSL URL/install.sh | sh -s -- [OPTION]...
       sh install.sh --uninstall

Puts opencode-unattended into an environment of its own (by uv, else pipx, else python3 -m venv), links its commands
into ~/.local/bin and starts its guided set-up. No root needed, and sudo is never called.

  --from PATH|URL   install this wheel file, this wheel's https address, or this checkout
  --index           install this version by name from the package index that uv or pip is configured for
  --uninstall       remove the environment and the links, and nothing else
  --help            show this
  OPTION            anything else, and all that follows --, goes to opencode-unattended:
                    --yes --profile NAME --ntfy-server URL ...

Without --from or --index: the checkout that this script lies in, else the release at OPENCODE_UNATTENDED_BASE_URL.

Exit codes: that of opencode-unattended; before it is started 1 failed, 2 bad usage, 5 another install.sh is at work,
6 refused or unsupported, 130 interrupted.
END
}

# Progress goes to stderr: with --json, stdout belongs to the program.
say() {
  printf '%s\n' "$*" >&2
}

# fail CODE SENTENCE...
fail() {
  code=$1
  shift
  say "install.sh: $*"
  exit "$code"
}

# tilde PATH: the path as people read it.
tilde() {
  # shellcheck disable=SC2088 # it is to be read
  case $1 in
    "$HOME"/*) printf '~/%s' "${1#"$HOME"/}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# --- Where things are ---

check_home() {
  if [ -z "${HOME-}" ]; then
    HOME=$(home_of_user)
    export HOME
  fi
  case $HOME in
    /*) [ -d "$HOME" ] || fail 6 "the home folder $HOME does not exist; set HOME to a folder of yours." ;;
    *) fail 6 "HOME is not set and no home folder is known for you; run this again as: HOME=/your/home sh install.sh" ;;
  esac
  if [ -n "${SUDO_UID-}" ] && [ "$(owner_of "$HOME")" != "$(id -u)" ]; then
    fail 6 "refused: under sudo with HOME=$HOME, which is somebody else's; run this again as yourself, without sudo."
  fi
}

home_of_user() {
  home=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)
  if [ -z "$home" ]; then
    # macOS has no getent.
    name=$(id -un 2>/dev/null) || name=
    case $name in
      '' | -* | *[!A-Za-z0-9._-]*) ;;
      *) eval "home=~$name" ;;
    esac
  fi
  printf '%s' "$home"
}

owner_of() {
  # shellcheck disable=SC2012 # stat's options differ between systems
  ls -ldn "$1/." | {
    read -r _ _ owner _
    printf '%s' "$owner"
  }
}

find_places() {
  case ${XDG_DATA_HOME-} in
    /*) data=$XDG_DATA_HOME/opencode-unattended ;;
    *) data=$HOME/.local/share/opencode-unattended ;;
  esac
  bin=$HOME/.local/bin
  # A fixed name, so that a killed run leaves at most one; the lock keeps two runs from sharing it.
  link=$bin/.opencode-unattended.tmp
}

# make_folder PATH: with its parents; those that it made stand in made, so that they can be taken back.
make_folder() {
  if [ -d "$1" ]; then
    return 0
  fi
  make_folder "$(dirname "$1")"
  if mkdir "$1" 2>/dev/null; then
    made="$1
$made"
  elif [ ! -d "$1" ]; then
    fail 1 "cannot make the folder $1; nothing was installed."
  fi
}

# For --uninstall, possibly of a later run; written early, because this one may be killed.
remember_folders() {
  if [ -z "$made" ]; then
    return 0
  fi
  if [ -f "$data/folders" ]; then
    made_before=$(cat "$data/folders")
  else
    made_before='' first_record=yes
  fi
  printf '%s%s\n' "$made" "$made_before" >"$work/folders"
  mv -f "$work/folders" "$data/folders"
}

# The lock is a link that names its holder: made whole or not at all, and a dead holder is recognised.
take_lock() {
  for _ in 1 2 3; do
    if ln -s "$$" "$data/lock" 2>/dev/null; then
      locked=yes
      return 0
    fi
    holder=$(readlink "$data/lock" 2>/dev/null) || continue
    if kill -0 "$holder" 2>/dev/null; then
      fail 5 "another install.sh (process $holder) is at work; wait for it, then run this again."
    fi
    rm -f "$data/lock"
  done
  fail 1 "cannot write to $data; nothing was installed."
}

release() {
  if [ -n "$work" ]; then
    rm -rf "$work"
    work=
  fi
  if [ -n "$locked" ]; then
    rm -f "$link" "$data/lock"
    locked=
  fi
}

# Runs at every way out but the last exec. What is not finished is taken back.
clean_up() {
  result=$?
  set +e
  trap - EXIT
  trap '' HUP INT TERM
  if [ -n "$new" ]; then
    rm -rf "$new"
  fi
  if [ -z "$finished" ] && [ -n "$first_record" ]; then
    rm -f "$data/folders"
  fi
  release
  if [ -z "$finished" ]; then
    printf '%s\n' "$made" | while IFS= read -r folder; do
      rmdir "$folder" 2>/dev/null
    done
  fi
  exit "$result"
}

# --- What to install ---

is_checkout() {
  [ -f "$1/pyproject.toml" ] && grep -q '^name = "opencode-unattended"$' "$1/pyproject.toml"
}

# Sets spec (what uv or pip gets), or url (what has to be downloaded first), and origin (the same, for people).
choose_source() {
  spec='' url=''
  if [ -n "$index" ]; then
    [ -z "$from" ] || fail 2 "--from and --index exclude each other."
    spec=opencode-unattended==$VERSION
    origin="version $VERSION from the package index"
  elif [ -n "$from" ]; then
    source_from "$from"
  elif own_folder; then
    spec=$own
    origin="the checkout $(tilde "$own")"
  else
    base=${OPENCODE_UNATTENDED_BASE_URL:-$BASE_URL}
    [ -n "$base" ] || fail 2 "no place to download from is known: set OPENCODE_UNATTENDED_BASE_URL, or name a wheel" \
      "or checkout by --from, or use --index."
    source_from "${base%/}/opencode_unattended-$VERSION-py3-none-any.whl"
  fi
}

# own_folder: sets own to the checkout that this script was started from; fails when there is none (piped).
own_folder() {
  # In zsh $0 is the function's name.
  script=${ZSH_ARGZERO:-$0}
  case $script in
    install.sh | */install.sh) ;;
    *) return 1 ;;
  esac
  [ -f "$script" ] || return 1
  own=$(cd -- "$(dirname -- "$script")" && pwd) || return 1
  is_checkout "$own"
}

source_from() {
  case $1 in
    *://*)
      check_url "$1"
      url=$1 origin=$1
      ;;
    *)
      if [ -d "$1" ]; then
        spec=$(cd -- "$1" && pwd)
        is_checkout "$spec" || fail 2 "$1 is no checkout of opencode-unattended."
      elif [ -f "$1" ]; then
        check_wheel_name "${1##*/}"
        spec=$(cd -- "$(dirname -- "$1")" && pwd)/${1##*/}
      else
        fail 2 "there is no file or folder $1."
      fi
      origin=$(tilde "$spec")
      ;;
  esac
}

# check_url URL: https, or http on this machine only; sets authority. Credentials would show in the process list.
check_url() {
  authority=${1#*://}
  authority=${authority%%[/?#]*}
  case $authority in
    *@*) fail 2 "credentials do not belong into an address; put them into ~/.netrc." ;;
  esac
  case $1 in
    https://?*) ;;
    http://*) is_loopback "$authority" || fail 2 "refused: $1 is not https." ;;
    *) fail 2 "refused: $1 is not https." ;;
  esac
  file=${1%%[?#]*}
  check_wheel_name "${file##*/}"
}

is_loopback() {
  case $1 in
    localhost | localhost:* | 127.0.0.1 | 127.0.0.1:* | '[::1]' | '[::1]:'*) return 0 ;;
    *) return 1 ;;
  esac
}

check_wheel_name() {
  case $1 in
    *[!A-Za-z0-9._+-]*) ;;
    opencode_unattended-*.whl) return 0 ;;
  esac
  fail 2 "$1 is not a wheel of opencode-unattended (opencode_unattended-VERSION-py3-none-any.whl)."
}

download() {
  file=${url%%[?#]*}
  spec=$work/${file##*/}
  say "download     $url"
  run fetch "$url" "$spec" || broken "could not download $url: check the network and HTTPS_PROXY, or bring the wheel" \
    "here by other means and name it by --from; $kept"
}

# fetch URL FILE
fetch() {
  case $1 in
    http://*) protocol=http ;;
    *) protocol=https ;;
  esac
  if is_loopback "$authority"; then
    unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
  fi
  if command -v curl >/dev/null; then
    curl --proto "=$protocol" --tlsv1.2 --fail --location --silent --show-error --retry 3 --connect-timeout 20 \
      --output "$2" "$1"
  elif command -v wget >/dev/null; then
    # GNU's wget would try twenty times; BusyBox's tries once and does not know the option.
    tries=''
    if wget --help 2>&1 | grep -q -e --tries; then
      tries=--tries=3
    fi
    wget ${tries:+"$tries"} -T 20 -O "$2" "$1"
  else
    printf 'neither curl nor wget is on PATH\n'
    return 127
  fi
}

# --- The environment ---

# run COMMAND...: quietly, in a folder of our own (uv and python read settings and modules from where they are started),
# and without our stdin, which may be this script.
run() {
  (cd "$work" && "$@") </dev/null >"$work/log" 2>&1
}

show_log() {
  tail -n 40 "$work/log" | sed 's/^/  | /' >&2
}

# broken SENTENCE...: what the command that failed had to say, then what it means.
broken() {
  show_log
  fail 1 "$*"
}

# find_python MODULE...: sets python to the first Python >= 3.11 that has these modules; else too_old and incomplete to
# what was met.
find_python() {
  python='' too_old='' incomplete='' imports='import sys'
  for module; do
    imports="$imports, $module"
  done
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    candidate=$(command -v "$name") || continue
    # -I: neither PYTHONPATH nor the current folder may put other modules under these names.
    found=$("$candidate" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' </dev/null 2>/dev/null) || continue
    if ! "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null; then
      too_old="$too_old $name is $found,"
    elif ! "$candidate" -I -c "$imports" </dev/null 2>/dev/null; then
      incomplete=$found
    else
      python=$candidate
      return 0
    fi
  done
}

refuse_python() {
  if [ -n "$incomplete" ]; then
    fail 6 "Python $incomplete is here, but its venv module is not; install it by: $(venv_command), then run this" \
      "again."
  elif [ -n "$too_old" ]; then
    fail 6 "Python 3.11 or newer is needed, and$too_old too old; install uv, which brings a Python of its own, by:" \
      "curl -LsSf https://astral.sh/uv/install.sh | sh, then run this again."
  else
    fail 6 "Python 3.11 or newer is needed, and there is none on PATH; install it by: $(python_command), then run" \
      "this again."
  fi
}

python_command() {
  case $(system) in
    *darwin*) printf 'brew install python' ;;
    *debian*) printf '%sapt install python3 python3-venv' "$(as_root)" ;;
    *fedora* | *rhel*) printf '%sdnf install python3' "$(as_root)" ;;
    *suse*) printf '%szypper install python3' "$(as_root)" ;;
    *arch*) printf '%spacman -S python' "$(as_root)" ;;
    *alpine*) printf '%sapk add python3' "$(as_root)" ;;
    *) printf 'the package manager of your system (python3)' ;;
  esac
}

venv_command() {
  case $(system) in
    *debian*) printf '%sapt install python%s-venv' "$(as_root)" "$incomplete" ;;
    *) python_command ;;
  esac
}

as_root() {
  [ "$(id -u)" = 0 ] || printf 'sudo '
}

# system: the names of this system and of those it is like.
system() {
  if [ -r /etc/os-release ]; then
    (
      # shellcheck disable=SC1091
      . /etc/os-release
      printf '%s %s' "${ID-}" "${ID_LIKE-}"
    )
  else
    uname -s | tr '[:upper:]' '[:lower:]'
  fi
}

choose_maker() {
  if command -v uv >/dev/null 2>&1; then
    maker=uv
    find_python
  elif command -v pipx >/dev/null 2>&1; then
    maker=pipx
    find_python venv
    [ -n "$python" ] || refuse_python
  else
    maker=venv
    find_python venv ensurepip
    [ -n "$python" ] || refuse_python
  fi
}

# Settings that would send the packages elsewhere than into our environment. Those that say where packages come from
# (index, proxy, certificates) are the user's and stay.
forget_redirections() {
  unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_PYTHON UV_SYSTEM_PYTHON
  PIP_USER=0
  export PIP_USER
}

# Made under a new name and never moved, because an environment holds its own path; the old one stays as it is until the
# links name the new one.
make_environment() {
  new=$(mktemp -d "$data/env-XXXXXX")
  say "environment  $(tilde "$new") by $maker${python:+ and $python}"
  forget_redirections
  case $maker in
    uv) make_by_uv ;;
    pipx) make_by_pipx ;;
    venv) make_by_venv ;;
  esac
  run "$new/bin/opencode-unattended" --version || broken "what was installed does not start; $kept"
  say "works        $(cat "$work/log")"
}

make_by_uv() {
  if ! run uv venv --no-project --python "${python:->=3.11}" "$new"; then
    [ -n "$python" ] || {
      show_log
      refuse_python
    }
    broken "uv could not make the environment; $kept"
  fi
  # Without --reinstall-package uv takes a checkout whose pyproject.toml did not change from its cache.
  # (--refresh-package would do too, but uv 0.13.9 refuses it under UV_OFFLINE.)
  run uv pip install --compile-bytecode --reinstall-package opencode-unattended --python "$new/bin/python" "$spec" ||
    broken "uv could not install the packages: $network UV_DEFAULT_INDEX; $kept"
}

# A newer pipx installs by uv, which compiles only when told.
make_by_pipx() {
  run env PIPX_HOME="$new" PIPX_BIN_DIR="$new/bin" PIPX_MAN_DIR="$new/man" PIPX_COMPLETION_DIR="$new/completions" \
    PIPX_SHARED_LIBS="$new/shared" UV_COMPILE_BYTECODE=1 pipx install --python "$python" "$spec" ||
    broken "pipx could not install the packages: $network PIP_INDEX_URL; $kept"
}

make_by_venv() {
  run "$python" -I -m venv "$new" || broken "python3 -m venv could not make the environment; $kept"
  run "$new/bin/python" -I -m pip install --no-input --disable-pip-version-check "$spec" ||
    broken "pip could not install the packages: $network PIP_INDEX_URL; $kept"
}

# --- The commands ---

# ours PATH: whether it is a link into an environment of ours.
ours() {
  [ -L "$1" ] || return 1
  case $(readlink "$1") in
    "$data"/env-*) return 0 ;;
    *) return 1 ;;
  esac
}

is_taken() {
  { [ -e "$1" ] || [ -L "$1" ]; } && ! ours "$1"
}

# foreign_command NAME [before]: prints the first command of that name on PATH that is not ours; with "before" only if
# it comes before ours.
foreign_command() {
  rest=$PATH:
  while [ -n "$rest" ]; do
    candidate=${rest%%:*}/$1
    rest=${rest#*:}
    if ours "$candidate"; then
      [ "${2-}" != before ] || return 1
    elif [ -f "$candidate" ] && [ -x "$candidate" ]; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

check_names() {
  if is_taken "$bin/opencode-unattended"; then
    fail 1 "$(tilde "$bin/opencode-unattended") is there already and not from this script; remove it by what put it" \
      "there, or move it away, then run this again. Nothing was installed."
  fi
  other_installer=$(foreign_command installer) || other_installer=
  if [ -z "$other_installer" ] && is_taken "$bin/installer"; then
    other_installer=$bin/installer
  fi
}

link_command() {
  rm -f "$link"
  if ! ln -s "$current/bin/$1" "$link" || ! mv -f "$link" "$bin/$1"; then
    fail 1 "cannot write to $(tilde "$bin"); $kept"
  fi
}

link_commands() {
  # From here on a link may name the new environment, so neither it nor the old one goes before both links do.
  current=$new new='' finished=yes
  link_command opencode-unattended
  if [ -z "$other_installer" ]; then
    link_command installer
  elif ours "$bin/installer"; then
    rm -f "$bin/installer"
  fi
  for folder in "$data"/env-* "$data"/tmp-*; do
    case $folder in
      "$current" | "$work") ;;
      *) rm -rf "$folder" ;;
    esac
  done
}

tell_names() {
  if [ -z "$other_installer" ]; then
    say "installed    type: installer (or opencode-unattended, the same program)"
  else
    say "installed    type: opencode-unattended (installer is $(tilde "$other_installer") here)"
  fi
  case :$PATH: in
    *":$bin:"* | *":$bin/:"*) ;;
    *)
      say "warning: ~/.local/bin is not on PATH; add this line to your shell's start-up file and open a new terminal:"
      # shellcheck disable=SC2016 # it is to be typed
      case ${SHELL-} in
        */fish) say '    fish_add_path ~/.local/bin' ;;
        *) say '    export PATH="$HOME/.local/bin:$PATH"' ;;
      esac
      ;;
  esac
  if shadow=$(foreign_command opencode-unattended before); then
    say "warning: $shadow comes first on PATH; remove it, or type ~/.local/bin/opencode-unattended"
  fi
}

# --- What can be asked for ---

install() {
  choose_source
  choose_maker
  check_names
  kept='nothing was installed.'
  if ours "$bin/opencode-unattended"; then
    kept='what was installed before stays and works.'
  fi
  network='without network or behind a proxy set HTTPS_PROXY, for another index'
  start_work
  make_folder "$bin"
  remember_folders
  say "installing   opencode-unattended from $origin"
  [ -z "$url" ] || download
  make_environment
  link_commands
  tell_names
}

start_work() {
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_folder "$data"
  take_lock
  work=$(mktemp -d "$data/tmp-XXXXXX")
}

# The terminal instead of a stdin that is a pipe, unless nothing will be asked or stdin holds an answer (a token file
# called -).
start_program() {
  release
  trap - EXIT HUP INT TERM
  terminal=yes
  [ ! -t 0 ] || terminal=
  for argument; do
    case $argument in
      --yes | - | *=-) terminal= ;;
    esac
  done
  # A redirection that fails would end dash itself, so it is tried in a process of its own.
  if [ -n "$terminal" ] && (: </dev/tty) 2>/dev/null; then
    exec "$bin/opencode-unattended" ${1+"$@"} </dev/tty
  fi
  exec "$bin/opencode-unattended" ${1+"$@"}
}

uninstall() {
  for argument; do
    [ "$argument" = --yes ] || fail 2 "--uninstall takes no $argument."
  done
  if ! is_anything_there; then
    # A run that was killed at its very start leaves this much.
    rmdir "$data" 2>/dev/null || :
    say "nothing to remove"
    return 0
  fi
  tell_state ${1+"$@"}
  start_work
  for name in opencode-unattended installer; do
    if ours "$bin/$name"; then
      rm -f "$bin/$name"
      say "removed      $(tilde "$bin/$name")"
    fi
  done
  rm -rf "$data"/env-* "$data"/tmp-*
  say "removed      the environment in $(tilde "$data")"
  # An empty data folder is ours by its name, also when the run that made it was killed before it noted that down.
  made=$data
  if [ -f "$data/folders" ]; then
    made="$data
$(cat "$data/folders")"
    rm -f "$data/folders"
  fi
}

is_anything_there() {
  for thing in "$data"/env-* "$data"/tmp-* "$data/folders" "$data/lock"; do
    if [ -e "$thing" ] || [ -L "$thing" ]; then
      return 0
    fi
  done
  ours "$bin/opencode-unattended" || ours "$bin/installer"
}

tell_state() {
  case $(uname -s) in
    Darwin) state="$HOME/Library/Application Support/opencode-unattended" ;;
    *)
      case ${XDG_STATE_HOME-} in
        /*) state=$XDG_STATE_HOME/opencode-unattended ;;
        *) state=$HOME/.local/state/opencode-unattended ;;
      esac
      ;;
  esac
  [ -d "$state" ] || return 0
  say "This removes the program only. What it set up may still be there ($(tilde "$state")); what takes that back is:"
  say "    opencode-unattended uninstall"
  if [ -t 0 ] && [ $# -eq 0 ]; then
    printf 'Remove the program now? [y/N] ' >&2
    read -r answer || answer=
    case $answer in
      [yY]*) ;;
      *) fail 1 "nothing was removed." ;;
    esac
  fi
}

main() {
  [ -z "${ZSH_VERSION-}" ] || emulate sh
  set -eu
  unset CDPATH
  from='' index='' action=install
  work='' new='' locked='' finished='' made='' first_record=''
  left=$#
  while [ "$left" -gt 0 ]; do
    argument=$1
    shift
    left=$((left - 1))
    case $argument in
      --from)
        [ "$left" -gt 0 ] || fail 2 "--from needs a path or an address."
        from=$1
        shift
        left=$((left - 1))
        ;;
      --from=*) from=${argument#--from=} ;;
      --index) index=yes ;;
      --uninstall) action=uninstall ;;
      --help | -h)
        usage
        exit 0
        ;;
      --)
        while [ "$left" -gt 0 ]; do
          set -- "$@" "$1"
          shift
          left=$((left - 1))
        done
        ;;
      *) set -- ${1+"$@"} "$argument" ;;
    esac
  done
  check_home
  find_places
  if [ "$action" = uninstall ]; then
    uninstall ${1+"$@"}
  else
    install
    start_program ${1+"$@"}
  fi
}

{ main ${1+"$@"}; }
