"""Every verb ends with the codes that the documentation promises, and each row says what was seen."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.program import COMMAND, Program

Prepare = Callable[[Program], None]
DESKTOP = ("apply", "desktop", "--yes", "--skip", "verify")


def nothing(_: Program) -> None:
    """A machine without us."""


def installed(program: Program) -> None:
    """The desktop profile is applied."""
    assert program.run(*DESKTOP).code == 0


def edited(program: Program) -> None:
    """A file of ours was edited by hand."""
    installed(program)
    path = program.home / ".config/opencode/unattended/wording.ts"
    path.write_text("// mine\n")


def in_the_way(program: Program) -> None:
    """A file stands where a folder is needed."""
    (program.home / ".config").mkdir()
    (program.home / ".config" / "opencode").write_text("")


def broken_profile(program: Program) -> None:
    """A profile of the user's own is no YAML."""
    program.profile("mine", "schema: [1\n")


def unsafe_file(program: Program) -> None:
    """Others can read the plugin's settings, which doctor says."""
    installed(program)
    (program.home / ".config/opencode/unattended/notify.json").chmod(0o644)


ROWS = [
    (nothing, DESKTOP, 0, "recap"),
    (installed, ("apply",), 0, "changed=0"),
    (nothing, ("apply", "desktop"), 2, "--yes"),
    (nothing, ("apply",), 2, "there are: desktop, headless, phone"),
    (nothing, ("apply", "desktop", "--check"), 3, "changed"),
    (installed, ("apply", "--check"), 0, "ok"),
    (in_the_way, DESKTOP, 1, "nothing was changed"),
    (edited, ("apply", "--yes"), 4, "kept"),
    (edited, ("apply", "--yes", "--on-conflict", "keep"), 4, "--on-conflict overwrite"),
    (edited, ("apply", "--yes", "--on-conflict", "overwrite"), 0, "backed up"),
    (edited, ("apply", "--yes", "--on-conflict", "fail"), 1, "nothing was changed"),
    (edited, ("apply", "--check"), 4, "kept"),
    (nothing, ("plan", "desktop"), 3, "+++ "),
    (nothing, ("plan", "phone"), 3, "content is not shown"),
    (nothing, ("plan",), 2, "no profile is given"),
    (nothing, ("plan", "fone"), 2, "did you mean 'phone'?"),
    (installed, ("plan",), 0, "as wanted"),
    (nothing, ("status",), 0, "nothing is set up; run: installer"),
    (installed, ("status",), 0, "everything is as it was written"),
    (edited, ("status",), 0, "wording.ts"),
    (nothing, ("doctor",), 0, "nothing is set up; run: installer"),
    (installed, ("doctor", "--list"), 0, "plugin.loaded"),
    (installed, ("doctor", "--offline"), 0, "plugin.one-copy"),
    (installed, ("doctor", "plugin.lodaed"), 2, "there is no check"),
    (unsafe_file, ("doctor", "--offline"), 1, "chmod 600"),
    (nothing, ("test",), 2, "nothing is set up"),
    (installed, ("test",), 0, "skipped"),
    (nothing, ("profiles",), 0, "headless"),
    (nothing, ("profiles", "show", "phone"), 0, "roles: plugin, ntfy"),
    (nothing, ("profiles", "validate", "headless"), 0, "all right"),
    (broken_profile, ("profiles", "validate", "mine"), 2, "mine.yaml:2:1: is not valid YAML"),
    (nothing, ("profiles", "burn"), 2, "invalid choice"),
    (nothing, ("config", "schema"), 0, "INSTALLER_NTFY_SERVER"),
    (installed, ("config", "show", "--origin"), 0, "# default: built in"),
    (nothing, ("config", "show"), 2, "no profile is given"),
    (nothing, ("rollback",), 0, "there is no run to undo"),
    (installed, ("rollback", "--yes"), 0, "undoing run 1"),
    (installed, ("rollback", "7", "--yes"), 2, "there is no run 7"),
    (nothing, ("uninstall",), 0, "nothing is installed"),
    (installed, ("uninstall", "--check"), 3, "removed"),
    (installed, ("uninstall",), 2, "--yes"),
    (installed, ("uninstall", "--yes"), 0, "recap"),
    (installed, ("uninstall", "--purge", "--yes"), 0, "purge"),
    (edited, ("uninstall", "--yes"), 4, "kept"),
    (nothing, ("completion", "bash"), 0, "complete"),
    (nothing, ("completion", "tcsh"), 2, "usage"),
    (nothing, (), 2, "there is no terminal to ask at"),
    (nothing, ("--yes", "--profile", "desktop", "--skip", "verify"), 0, "recap"),
    (nothing, ("--version",), 0, "0."),
    (nothing, ("--help",), 0, "Exit codes"),
    (nothing, ("nonsense",), 2, "nonsense"),
    (nothing, ("apply", "desktop", "--bogus"), 2, "--help"),
    (nothing, ("apply", "desktop", "--only", "plugn", "--yes"), 2, "there is no role"),
    (nothing, ("apply", "desktop", "--answers", "nowhere.yaml"), 2, "nowhere.yaml"),
]


@pytest.mark.parametrize(("prepare", "words", "code", "seen"), ROWS, ids=lambda each: _name(each))
def test_ends_with(prepare: Prepare, words: tuple[str, ...], code: int, seen: str, tmp_path: Path) -> None:
    program = Program(tmp_path)
    prepare(program)
    before = program.tree()
    done = program.run(*words)
    assert done.code == code, done.text
    assert seen in done.text
    if code in (2, 3) or prepare is in_the_way:
        left = {name: value for name, value in program.tree().items() if "/state" not in name and ".local" not in name}
        assert left.keys() == {name for name in before if "/state" not in name and ".local" not in name}
        assert all(left[name][1] == before[name][1] for name in left), "a refusal leaves things as they were"
    if code in (1, 2) and "doctor" not in words:
        assert done.err.startswith(("error    ", "usage: "))
        assert done.out.count("error    ") == 0


def _name(each: object) -> str:
    return " ".join(each) if isinstance(each, tuple) else getattr(each, "__name__", str(each))


def test_another_run_is_at_work(tmp_path: Path) -> None:
    import fcntl

    program = Program(tmp_path)
    installed(program)
    with (program.state / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in ("apply --yes", "rollback --yes", "uninstall --yes"):
            done = program.run(*words.split())
            assert done.code == 5, words
            assert "--wait" in done.err
        for words in ("plan", "status", "doctor --offline"):
            assert program.run(*words.split()).code == 0, words


def test_sudo_with_anothers_home_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to give a folder away; bring it: sudo sh tests/run")
    home = tmp_path / "ann"
    home.mkdir()
    os.chown(home, 1000, 1000)
    program = Program(home, {"SUDO_UID": "1000"})
    for words in (DESKTOP, ("plan", "desktop"), ("uninstall", "--yes"), ()):
        done = program.run(*words)
        assert done.code == 6, words
        assert "belongs to somebody else" in done.err
        assert "run it again without sudo" in done.err
    assert program.run("plan", "--json").envelope["exit_code"] == 6
    assert not list(home.iterdir())
    assert Program(home).run("plan", "desktop").code == 3, "without sudo the same HOME is fine"
    assert Program(tmp_path, {"SUDO_UID": "1000"}).run("plan", "desktop").code == 3, "sudo with one's own HOME is fine"


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    program = Program(tmp_path)
    line = f"{' '.join(COMMAND)} plan desktop | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        env=program.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "profile desktop — check only, nothing is changed\n"
    assert done.stderr == ""
    assert done.returncode == 1
