"""`curl … | sh` in a terminal: the script comes by stdin, the questions still reach the person."""

import shlex
import sys
from pathlib import Path

import pexpect
import pytest

from install.door import SCRIPT, Machine, succeeded
from support.programs import debian

SHELLS = {"dash": "dash", "bash": "bash", "busybox": "busybox-static", "zsh": "zsh", "ksh": "ksh", "mksh": "mksh"}


class Terminal:
    """One command line on a terminal of its own."""

    def __init__(self, machine: Machine, line: str) -> None:
        self.child = pexpect.spawn(
            "/bin/sh", ["-c", line], env=machine.variables(), cwd=str(machine.root), timeout=60, encoding="utf-8"
        )
        self.child.logfile_read = sys.stdout

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """Return a shell's command."""
    path = debian(request.param, SHELLS[request.param])
    return f"{path} sh" if request.param == "busybox" else str(path)


@pytest.fixture
def piped(machine: Machine, wheel: Path) -> str:
    """Return the command line up to the program's own arguments."""
    return f"cat {shlex.quote(str(SCRIPT))} | sh -s -- --from {shlex.quote(str(wheel))}"


def test_guided(machine: Machine, piped: str, shell: str) -> None:
    """The program gets the terminal, and its exit code is the script's."""
    machine.environment["STANDIN_EXIT"] = "3"
    terminal = Terminal(machine, piped.replace("| sh -s", f"| {shell} -s"))
    terminal.child.expect("type: installer")
    terminal.child.sendline("phone")
    assert terminal.end() == 3
    assert machine.heard() | {"program": ""} == {"argv": [], "program": "", "terminal": True, "stdin": "phone\n"}


def test_yes(machine: Machine, piped: str) -> None:
    """With --yes nothing will be asked, so stdin is left as it is."""
    assert Terminal(machine, f"{piped} --yes").end() == 0
    assert machine.heard()["terminal"] is False


def test_secret_by_stdin(machine: Machine, wheel: Path) -> None:
    """A stdin that holds an answer is not exchanged for the terminal."""
    script, wheel_path = shlex.quote(str(SCRIPT)), shlex.quote(str(wheel))
    line = f"printf 'tk_secret' | sh {script} --from {wheel_path} --ntfy-token-file"
    for argument in (" -", "=-"):
        assert Terminal(machine, line + argument).end() == 0
        said = machine.heard()
        assert (said["terminal"], said["stdin"]) == (False, "tk_secret")


def test_interrupted(machine: Machine, wheel: Path) -> None:
    """Ctrl-C while packages are being installed ends with 130 and takes all of it back."""
    machine.add("sleep")
    machine.add_script("uv", "echo working >/dev/tty; sleep 20")
    before = machine.tree()
    terminal = Terminal(machine, f"sh {shlex.quote(str(SCRIPT))} --from {shlex.quote(str(wheel))}")
    terminal.child.expect("working")
    terminal.child.sendintr()
    # The shell that pexpect started is interrupted too; what counts is what is left.
    terminal.end()
    assert machine.tree() == before


@pytest.mark.parametrize("answer", ["y", "n", ""])
def test_uninstall_asks_while_there_is_state(machine: Machine, wheel: Path, answer: str) -> None:
    """Before the program goes, whoever still needs it is asked; no answer keeps it."""
    succeeded(machine.run("--from", wheel))
    (machine.home / ".local/state/opencode-unattended").mkdir(parents=True)
    terminal = Terminal(machine, f"sh {shlex.quote(str(SCRIPT))} --uninstall")
    terminal.child.expect("opencode-unattended uninstall")
    terminal.child.expect(r"Remove the program now\? \[y/N\] ")
    terminal.child.sendline(answer)
    assert terminal.end() == (0 if answer == "y" else 1)
    assert (machine.bin / "opencode-unattended").exists() is (answer != "y")
