"""What people see: in colour, without it, in a narrow window, in their own script."""

import re
from pathlib import Path

import pytest

from cli.program import Program
from cli.terminal import terminal

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DESKTOP = ("apply", "desktop", "--yes", "--skip", "verify")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A home with a space and Thai letters in its path."""
    home = tmp_path / "บ้าน ของฉัน"
    home.mkdir()
    return Program(home)


def test_colours_on_a_terminal_only(program: Program) -> None:
    with terminal(program, "plan", "desktop") as screen:
        assert screen.end() == 3
    assert COLOUR.search(screen.raw)
    done = program.run("plan", "desktop")
    assert done.code == 3
    assert "\x1b" not in done.text
    # The same words; a terminal adds colours and nothing else.
    assert screen.seen.splitlines()[0] == done.out.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "environ"), [((), {"NO_COLOR": "1"}), (("--no-tty",), {}), ((), {"TERM": "dumb"})], ids=str
)
def test_no_colours_where_they_are_not_wanted(
    program: Program, words: tuple[str, ...], environ: dict[str, str]
) -> None:
    with terminal(program, "plan", "desktop", *words, environ=environ) as screen:
        assert screen.end() == 3
    codes = {each for each in COLOUR.findall(screen.raw) if re.search(r"[349]\d", each)}
    assert not codes, "bold and dim are no colours"


def test_a_narrow_window_breaks_no_command(program: Program) -> None:
    with terminal(program, *DESKTOP, columns=30) as screen:
        assert screen.end() == 0
    assert "→ npm install -g opencode-ai\n" in screen.seen
    assert "~/.config/opencode/unattended/notify.json — created\n" in screen.seen


def test_a_home_in_thai(program: Program) -> None:
    assert program.run(*DESKTOP).code == 0
    profile = program.profile("ที่ทำงาน", "schema: 1\nextends: desktop\ndescription: ของฉัน\n")
    assert "ที่ทำงาน     ของฉัน" in program.run("profiles").out
    assert f"{profile}" in program.run("profiles", "show", "ที่ทำงาน").out
    profile.write_text("schema: 1\nextends: desktop\nโทเคน: x\n")
    done = program.run("plan", "ที่ทำงาน")
    assert f"error    {profile}:3:1: there is no key 'โทเคน'" in done.err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_letters(program: Program, encoding: str) -> None:
    with terminal(program, "plan", "desktop", environ={"PYTHONIOENCODING": encoding}) as screen:
        assert screen.end() == 3
    assert "changed  plugin: ~/.config/opencode/plugin/notify.ts" in screen.seen


def test_what_a_server_says_cannot_steer_the_terminal(program: Program) -> None:
    from support.faulty import FaultyServer, refusal

    with FaultyServer(refusal(400, 41801, "\x1b]0;title\x07 \x1b[2J evil")) as server:
        done = program.run("apply", "headless", "--yes", "--ntfy-server", server.url)
    assert done.code == 1
    assert "evil" in done.out
    assert "\x1b" not in done.text
    assert "\x07" not in done.text


def test_every_failure_ends_with_what_to_do(program: Program) -> None:
    for words in (
        ("apply",),
        ("plan", "fone"),
        ("apply", "phone", "--only", "x"),
        ("--bogus",),
    ):
        lines = program.run(*words).err.splitlines()
        assert lines[0].startswith("error    "), lines
        assert lines[-1].startswith("         → "), lines
