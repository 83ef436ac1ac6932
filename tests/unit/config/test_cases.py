"""Every case in cases/ has exactly the problems, roles and values that its comments name."""

import re
from pathlib import Path

import pytest

from unit.config.case import CASES, SCHEMA, Case

PATHS = sorted(path for path in CASES.iterdir() if path.is_dir() or path.suffix == ".yaml")
EXPECT = re.compile(r"(\S+) (\S+?)(?: \| (.+))?")
VALUE = re.compile(r"(\S+) = (.*) from (\w+) (.+)")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = Case.read(path)
    assert case.words, "the case expects nothing"
    found = case.problems()
    expected = [_parts(EXPECT, each) for each in case.words.get("expect", [])]
    assert sorted((each.code, each.where) for each in found) == sorted((code, where) for code, where, _ in expected)
    for code, where, words in expected:
        texts = [f"{each.message} {each.hint}" for each in found if (each.code, each.where) == (code, where)]
        assert any((words or "") in text for text in texts), texts
    if expected:
        return
    settings = case.settings([])
    for roles in case.words.get("roles", []):
        assert settings.roles == tuple(roles.split())
    for key, text, layer, where in (_parts(VALUE, each) for each in case.words.get("value", [])):
        value, origin = settings.value(SCHEMA.keys[key]), settings.origins[key]
        shown = value.reveal() if SCHEMA.keys[key].secret else str(value)
        place = origin.where.replace(f"{case.start.parent}/", "")
        assert (shown, origin.layer, place) == (text, layer, where)


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    matched = pattern.fullmatch(text)
    assert matched, f"not understood: {text}"
    return matched.groups()
