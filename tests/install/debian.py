"""A Debian 12 with Python but without its venv package, thrown away after each use."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.programs import ROOT, TESTBENCH, debian

BASE = TESTBENCH / "bookworm"
# apt puts what it only downloads here, so that a test can install it without network.
WANTED = "python3.11-venv"


def base() -> Path:
    """Return the root file system; made once (about 40 s, 250 MB)."""
    if os.geteuid() != 0:
        pytest.skip("a fresh Debian needs root: sudo sh tests/run tests/install")
    debootstrap = debian("debootstrap", "debootstrap")
    TESTBENCH.mkdir(exist_ok=True)
    with (TESTBENCH / "bookworm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not BASE.is_dir():
            making = TESTBENCH / "bookworm.making"
            shutil.rmtree(making, ignore_errors=True)
            _quietly(
                str(debootstrap), "--variant=minbase", "--include=python3,curl,ca-certificates", "bookworm", making
            )
            _quietly("chroot", making, "apt-get", "install", "--download-only", "--yes", "-q", WANTED)
            making.rename(BASE)
    return BASE


def _quietly(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=280)
    if done.returncode:
        pytest.skip(f"no fresh Debian: {' '.join(map(str, command))} failed; run it to see why\n{done.stdout[-2000:]}")


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the shell script as root of a throw-away copy; the folder is /mnt there, the checkout's install.sh in it."""
    root = base()
    bwrap = debian("bwrap", "bubblewrap")
    shutil.copy(ROOT / "install.sh", folder)
    (folder / "script.sh").write_text(script)
    layer = folder / "layer"
    layer.mkdir(exist_ok=True)
    inside = f"""set -e
        mount -t tmpfs tmpfs {layer}
        mkdir {layer}/upper {layer}/work {layer}/root
        mount -t overlay overlay -o lowerdir={root},upperdir={layer}/upper,workdir={layer}/work {layer}/root
        exec {bwrap} --bind {layer}/root / --bind {folder} /mnt --proc /proc --dev /dev --perms 1777 --tmpfs /tmp \\
            --unshare-pid --die-with-parent --new-session --clearenv --setenv HOME /root \\
            --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin sh /mnt/script.sh"""
    unshare = str(debian("unshare", "util-linux"))
    return subprocess.run(
        [unshare, "--mount", "--propagation", "private", "sh", "-c", inside],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
    )
