"""Whose home it is: never another user's under sudo, never a guess, and nothing written where it cannot be."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from install.door import SCRIPT, Machine, refused, succeeded
from support.programs import debian

USER = 12345

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: sudo sh tests/run tests/install")


@needs_root
@pytest.mark.parametrize("arguments", [[], ["--yes"], ["--uninstall"]])
def test_sudo_with_the_users_home(machine: Machine, wheel: Path, arguments: list[str]) -> None:
    """Root by sudo, in the home of the user who called it: it would leave root's files there."""
    os.chown(machine.home, USER, USER)
    before = machine.tree()
    said = refused(machine.run("--from", wheel, *arguments, extra={"SUDO_UID": str(USER)}), 6, "sudo", "as yourself")
    assert len(said.splitlines()) == 1
    assert machine.tree() == before


@needs_root
def test_sudo_to_another_user(machine: Machine, wheel: Path) -> None:
    """It is the effective user that counts, whoever called sudo."""
    before = machine.tree()
    os.chown(machine.home, USER, USER)
    refused(machine.run("--from", wheel, extra={"SUDO_UID": "0"}), 6, "sudo")
    assert machine.tree() == before


def test_sudo_in_ones_own_home(machine: Machine, wheel: Path) -> None:
    """Root by sudo -H, in root's home, is root at home."""
    succeeded(machine.run("--from", wheel, extra={"SUDO_UID": str(USER)}))


@needs_root
def test_another_home_without_sudo(machine: Machine, wheel: Path) -> None:
    """A HOME that was only set to somewhere else is the user's own choice."""
    os.chown(machine.home, USER, USER)
    succeeded(machine.run("--from", wheel))


@pytest.mark.parametrize("unset", [True, False])
def test_home_from_the_password_file(machine: Machine, wheel: Path, unset: bool) -> None:
    """Without HOME it is the one that the password file names."""
    machine.add_script("getent", f"echo 'ann:x:0:0:Ann:{machine.home}:/bin/sh'")
    if unset:
        succeeded(machine.run("-u", "HOME", "sh", SCRIPT, "--from", wheel, shell=(), script=machine.tools / "env"))
    else:
        succeeded(machine.run("--from", wheel, extra={"HOME": ""}))
    assert len(machine.environments()) == 1


def test_no_home(machine: Machine) -> None:
    """No HOME, and a user that no file knows: refused, and the user's name is not run as a command."""
    machine.add_script("getent", "exit 2")
    machine.add_script("id", f"echo 'x;touch {machine.root}/ran'")
    refused(machine.run("--uninstall", extra={"HOME": ""}), 6, "HOME is not set")
    assert not (machine.root / "ran").exists()
    refused(machine.run("--uninstall", extra={"HOME": "somewhere"}), 6, "HOME")
    refused(machine.run("--uninstall", extra={"HOME": "/nonexistent"}), 6, "/nonexistent does not exist")


@pytest.mark.parametrize("place", [".local", ".local/bin", ".local/share", ".local/share/opencode-unattended"])
def test_file_in_the_way(machine: Machine, wheel: Path, place: str) -> None:
    """A file where a folder has to be is said by its path, and stays."""
    path = machine.home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    before = machine.tree()
    refused(machine.run("--from", wheel), 1, f"cannot make the folder {path}")
    assert machine.tree() == before


@needs_root
def test_full_disk(machine: Machine, wheel: Path) -> None:
    """A disk that is full half-way: said, and what was written is taken back."""
    script = f"""
        mount -t tmpfs -o size=64k tmpfs "$HOME" && cd "$HOME" || exit 99
        code=0
        sh {shlex.quote(str(SCRIPT))} --from {shlex.quote(str(wheel))} || code=$?
        find . ! -name .
        exit $code"""
    unshare = str(debian("unshare", "util-linux"))
    path = f"{machine.tools}:/usr/bin:/bin"
    result = subprocess.run(
        [unshare, "--mount", "--propagation", "private", "sh", "-c", script],
        env=machine.variables({"PATH": path}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    refused(result, 1, "No space left", "nothing was installed")
    assert result.stdout == ""
