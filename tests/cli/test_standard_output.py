"""A standard output that cannot be written is said in one line, and a closed one is nobody's loss."""

import subprocess
from pathlib import Path

import pytest

from cli.program import COMMAND, Program


def shell(program: Program, redirection: str, words: str) -> subprocess.CompletedProcess[str]:
    line = f"{' '.join(COMMAND)} {words} {redirection}"
    return subprocess.run(
        ["bash", "-c", line],
        env=program.environ,
        cwd=program.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", ["profiles", "plan desktop", "profiles --json", "--help"])
def test_a_full_disk(tmp_path: Path, words: str) -> None:
    done = shell(Program(tmp_path), ">/dev/full", words)
    assert done.returncode == 1
    assert done.stderr == "standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("words", ["profiles", "profiles --json", "--version"])
def test_a_closed_one(tmp_path: Path, words: str) -> None:
    done = shell(Program(tmp_path), ">&-", words)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_standard_input(tmp_path: Path) -> None:
    done = shell(Program(tmp_path), "<&-", "")
    assert done.returncode == 2
    assert "there is no terminal to ask at" in done.stderr
