"""--uninstall takes back what install.sh made, and nothing else."""

from pathlib import Path

import pytest

from install.door import Machine, refused, succeeded


def test_nothing_there(machine: Machine) -> None:
    """With nothing to remove it says so, makes nothing and succeeds."""
    before = machine.tree()
    assert "nothing to remove" in succeeded(machine.run("--uninstall"))
    assert machine.tree() == before


def test_twice(machine: Machine, wheel: Path) -> None:
    """The second time there is nothing to remove."""
    succeeded(machine.run("--from", wheel))
    assert "removed" in succeeded(machine.run("--uninstall"))
    assert "nothing to remove" in succeeded(machine.run("--uninstall"))


@pytest.mark.parametrize("folders", [[], [".local"], [".local/bin", ".local/share"]])
def test_folders_that_were_there(machine: Machine, wheel: Path, folders: list[str]) -> None:
    """Folders that were there before stay, even when they are empty; those that we made go, after an upgrade too."""
    for folder in folders:
        (machine.home / folder).mkdir(parents=True)
    before = machine.tree()
    succeeded(machine.run("--from", wheel))
    succeeded(machine.run("--from", wheel))
    succeeded(machine.run("--uninstall"))
    assert machine.tree() == before


def test_what_others_put_beside(machine: Machine, wheel: Path) -> None:
    """What others have put into our folders meanwhile stays."""
    succeeded(machine.run("--from", wheel))
    mine = {machine.bin / "mine": "#!/bin/sh\n", machine.data / "caddy/caddy": "binary"}
    for path, text in mine.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (machine.bin / "installer").unlink()
    (machine.bin / "installer").write_text("not ours any more")
    succeeded(machine.run("--uninstall"))
    files = sorted(path for path in machine.home.rglob("*") if path.is_file() or path.is_symlink())
    assert files == sorted([*mine, machine.bin / "installer"])


def test_links_without_environment(machine: Machine, wheel: Path) -> None:
    """When the environment was deleted by hand, the links that are left still go."""
    before = machine.tree()
    succeeded(machine.run("--from", wheel))
    for path in sorted(machine.data.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    machine.data.rmdir()
    succeeded(machine.run("--uninstall"))
    assert not [path for path in machine.home.rglob("*") if not path.is_dir()]
    assert set(machine.tree()) - set(before) <= {".local", ".local/bin", ".local/share"}


def test_state_is_mentioned(machine: Machine, wheel: Path) -> None:
    """As long as the program's state is there, the command that takes back what it set up is named first."""
    succeeded(machine.run("--from", wheel))
    state = machine.home / ".local/state/opencode-unattended"
    state.mkdir(parents=True)
    said = succeeded(machine.run("--uninstall")).splitlines()
    assert "~/.local/state/opencode-unattended" in said[0]
    assert said[1].strip() == "opencode-unattended uninstall"
    assert state.is_dir()


def test_other_arguments(machine: Machine, wheel: Path) -> None:
    """What --uninstall does not know is refused."""
    succeeded(machine.run("--from", wheel))
    before = machine.tree()
    refused(machine.run("--uninstall", "--purge"), 2, "--purge")
    assert machine.tree() == before
