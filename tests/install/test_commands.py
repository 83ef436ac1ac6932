"""The commands in ~/.local/bin: ours are replaced whole, what is somebody else's is left alone and named."""

import os
from pathlib import Path

import pytest

from install.door import Machine, refused, succeeded


def test_links(machine: Machine, wheel: Path) -> None:
    """Both names are links into the environment, and the shorter one is the one to type."""
    assert "type: installer " in succeeded(machine.run("--from", wheel))
    (environment,) = machine.environments()
    for name in ("installer", "opencode-unattended"):
        assert os.readlink(machine.bin / name) == str(environment / "bin" / name)
    assert sorted(path.name for path in machine.bin.iterdir()) == ["installer", "opencode-unattended"]


@pytest.mark.parametrize("form", ["file", "link", "dangling", "folder"])
def test_foreign_main_name(machine: Machine, wheel: Path, form: str) -> None:
    """A foreign opencode-unattended is never overwritten; without that name nothing is installed."""
    machine.bin.mkdir(parents=True)
    put(machine.bin / "opencode-unattended", form)
    before = machine.tree()
    refused(machine.run("--from", wheel), 1, "~/.local/bin/opencode-unattended is there already")
    assert machine.tree() == before


@pytest.mark.parametrize("form", ["file", "link", "dangling", "folder"])
def test_foreign_short_name(machine: Machine, wheel: Path, form: str) -> None:
    """A foreign installer in ~/.local/bin stays, through uninstall too; the other name is the one to type."""
    machine.bin.mkdir(parents=True)
    put(machine.bin / "installer", form)
    before = machine.tree()
    said = succeeded(machine.run("--from", wheel))
    assert "type: opencode-unattended (installer is ~/.local/bin/installer here)" in said
    succeeded(machine.run("--uninstall"))
    assert machine.tree() == before


def test_other_installer_on_path(machine: Machine, wheel: Path) -> None:
    """An installer elsewhere on PATH (macOS has /usr/sbin/installer) is not shadowed; ours goes when one appears."""
    extra = {"PATH": f"{machine.bin}:{machine.tools}"}
    succeeded(machine.run("--from", wheel, extra=extra))
    assert (machine.bin / "installer").is_symlink()
    other = machine.add_script("installer", "echo macOS")
    said = succeeded(machine.run("--from", wheel, extra=extra))
    assert f"type: opencode-unattended (installer is {other} here)" in said
    assert not (machine.bin / "installer").is_symlink()


def test_shadowing(machine: Machine, wheel: Path) -> None:
    """A command of the same name that comes first on PATH is warned of; one that comes later is not."""
    other = machine.add_script("opencode-unattended", "echo other")
    late = succeeded(machine.run("--from", wheel, extra={"PATH": f"{machine.bin}:{machine.tools}"}))
    assert "comes first" not in late
    early = succeeded(machine.run("--from", wheel, extra={"PATH": f"{machine.tools}:{machine.bin}"}))
    assert f"warning: {other} comes first on PATH" in early


def test_path_line(machine: Machine, wheel: Path) -> None:
    """The line for PATH is printed when it is needed, for the user's shell, and no start-up file is touched."""
    (machine.home / ".profile").write_text("# mine\n")
    before = (machine.home / ".profile").stat().st_mtime_ns
    assert '    export PATH="$HOME/.local/bin:$PATH"\n' in succeeded(machine.run("--from", wheel))
    assert "fish_add_path ~/.local/bin" in succeeded(machine.run("--from", wheel, extra={"SHELL": "/usr/bin/fish"}))
    for folder in (machine.bin, f"{machine.bin}/"):
        said = succeeded(machine.run("--from", wheel, extra={"PATH": f"{machine.tools}:{folder}"}))
        assert "PATH" not in said
    assert (machine.home / ".profile").stat().st_mtime_ns == before


def test_output_belongs_to_the_program(machine: Machine, wheel: Path) -> None:
    """Progress goes to stderr, so that --json on stdout stays whole."""
    result = machine.run("--from", wheel, "--yes", "--json")
    assert succeeded(result)
    assert result.stdout == ""


def test_data_folder(machine: Machine, wheel: Path) -> None:
    """XDG_DATA_HOME moves the environment; a relative one is ignored, as its specification says."""
    before = machine.tree()
    elsewhere = machine.home / "my data"
    succeeded(machine.run("--from", wheel, extra={"XDG_DATA_HOME": str(elsewhere)}))
    assert len(list((elsewhere / "opencode-unattended").glob("env-*"))) == 1
    succeeded(machine.run("--uninstall", extra={"XDG_DATA_HOME": str(elsewhere)}))
    assert machine.tree() == before
    succeeded(machine.run("--from", wheel, extra={"XDG_DATA_HOME": "data"}))
    assert len(machine.environments()) == 1


def put(path: Path, form: str) -> None:
    """Put somebody else's thing there."""
    if form == "file":
        path.write_text("#!/bin/sh\necho mine\n")
        path.chmod(0o755)
    elif form == "folder":
        path.mkdir()
    else:
        path.symlink_to("/bin/true" if form == "link" else "/nowhere/opencode-unattended/env-1/bin/installer")
