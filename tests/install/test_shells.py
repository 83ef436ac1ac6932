"""Every POSIX shell that people have as sh installs, upgrades and uninstalls."""

from pathlib import Path

import pytest

from install.door import Machine, refused, succeeded
from install.standin import build_wheel
from support.programs import debian

SHELLS = {
    "dash": ("dash", "dash"),
    "bash": ("bash", "bash"),
    "bash --posix": ("bash", "bash"),
    "busybox ash": ("busybox", "busybox-static"),
    "zsh": ("zsh", "zsh"),
    "zsh --emulate sh": ("zsh", "zsh"),
    "ksh": ("ksh", "ksh"),
    "mksh": ("mksh", "mksh"),
    "yash": ("yash", "yash"),
}
ARGUMENTS = ["--yes", "--profile", "my phone", "", "*", "-e", "a=$(id)"]


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """Return the command of one shell."""
    command, package = SHELLS[request.param]
    return [str(debian(command, package)), *request.param.split()[1:]]


def test_install_upgrade_uninstall(machine: Machine, wheel: Path, shell: list[str]) -> None:
    """One shell goes through a whole life, and at its end nothing is left."""
    before = machine.tree()
    result = machine.run("--from", wheel, *ARGUMENTS, shell=shell, extra={"STANDIN_EXIT": "4"})
    refused(result, 4, "type: installer")
    assert machine.heard()["argv"] == ARGUMENTS
    first = machine.environments()
    assert len(first) == 1

    newer = build_wheel(wheel.parent, version="0.2.0")
    assert "opencode-unattended 0.2.0" in succeeded(machine.run(f"--from={newer}", shell=shell))
    assert machine.heard()["argv"] == []
    assert len(machine.environments()) == 1
    assert machine.environments() != first

    succeeded(machine.run("--uninstall", shell=shell))
    assert machine.tree() == before


def test_piped(machine: Machine, wheel: Path, shell: list[str]) -> None:
    """Read from stdin, as by curl | sh, the shell installs too and passes the arguments on."""
    succeeded(machine.run("--from", wheel, "--", "--help", "a  b", shell=shell, piped=True))
    assert machine.heard()["argv"] == ["--help", "a  b"]


def test_failure_is_cleaned_up(machine: Machine, wheel: Path, shell: list[str]) -> None:
    """A failure half-way is said and leaves nothing behind."""
    before = machine.tree()
    broken = build_wheel(wheel.parent, start=1)
    refused(machine.run("--from", broken, shell=shell), 1, "does not start", "nothing was installed")
    assert machine.tree() == before


def test_refusal(machine: Machine, shell: list[str]) -> None:
    """A bad argument is refused before anything is written."""
    before = machine.tree()
    refused(machine.run("--from", "http://example.com/x.whl", shell=shell), 2, "not https")
    assert machine.tree() == before
