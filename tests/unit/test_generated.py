"""Files made from code are current, and the two places that hold the version agree."""

import re
from pathlib import Path

import pytest

import renew
from installer import __version__

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("path", "content"), list(renew.generated()), ids=lambda each: getattr(each, "name", ""))
def test_generated_file_is_current(path: Path, content: str) -> None:
    assert path.read_text() == content, "run: .testbench/venv/bin/python tests/renew.py"


def test_plugin_carries_the_version_of_the_program() -> None:
    source = (ROOT / "templates" / "notify" / "unattended" / "version.ts").read_text()
    assert re.findall(r'"(\d+\.\d+\.\d+)"', source) == [__version__]
