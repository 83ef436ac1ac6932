"""What may be loaded on which path, by name: imports are the whole cost of a short run."""

import subprocess
import sys
from pathlib import Path

import pytest

OUTSIDE = {"jinja2", "questionary", "prompt_toolkit", "rich", "requests", "urllib3", "segno", "markupsafe"}
SLOW = {
    "asyncio",
    "ssl",
    "http.client",
    "urllib.request",
    "importlib.metadata",
    "importlib.resources",
    "logging",
    "socket",
}
REPORT = """
import pathlib, sys
report = pathlib.Path(sys.argv.pop(1))
from installer.cli import main
try:
    code = main()
except SystemExit as end:
    code = end.code
report.write_text(" ".join([str(code or 0), *sys.modules]))
"""


def loaded_by(home: Path, *arguments: str) -> set[str]:
    report = home / "modules"
    subprocess.run(
        [sys.executable, "-c", REPORT, str(report), *arguments],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    code, *modules = report.read_text().split()
    report.unlink()
    assert code == "0"
    return set(modules)


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_load_next_to_nothing(tmp_path: Path, argument: str) -> None:
    forbidden = OUTSIDE | SLOW | {"yaml", "argparse", "dataclasses", "json", "platformdirs", "subprocess", "difflib"}
    assert loaded_by(tmp_path, argument) & forbidden == set()


def test_help_of_a_verb_loads_no_library_from_outside(tmp_path: Path) -> None:
    assert loaded_by(tmp_path, "apply", "--help") & (OUTSIDE | SLOW | {"subprocess", "difflib"}) == set()


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_an_apply_that_changes_nothing_loads_no_slow_library(tmp_path: Path, profile: str) -> None:
    loaded_by(tmp_path, "apply", profile, "--yes", "--skip", "verify")
    loaded = loaded_by(tmp_path, "apply", "--yes", "--skip", "verify")
    assert "yaml" in loaded
    assert loaded & (OUTSIDE | SLOW | {"subprocess", "difflib"}) == set()


@pytest.mark.parametrize("verb", ["status", "config", "profiles"])
def test_looking_loads_no_slow_library(tmp_path: Path, verb: str) -> None:
    loaded_by(tmp_path, "apply", "desktop", "--yes", "--skip", "verify")
    assert loaded_by(tmp_path, verb) & (OUTSIDE | SLOW | {"subprocess"}) == set()
