import json
from pathlib import Path

import pytest

from installer.engine import state
from installer.engine.diff import Record
from installer.engine.state import DamagedStateError, State
from installer.engine.system import RealSystem
from installer.errors import InstallerError

STATE = State({"/home/ann ทดสอบ/a": Record("file", "plugin", "ab", 0o600)}, 7, ("opencode",), ("loaded",))


def test_it_is_saved_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("former")
    state.save(RealSystem(), path, STATE)
    assert state.loads(path.read_bytes()) == STATE
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_former_one_and_nothing_else(tmp_path: Path) -> None:
    class Full(RealSystem):
        def rename(self, source: Path, destination: Path) -> None:
            raise OSError(28, "No space left on device")

    path = tmp_path / "state.json"
    path.write_text("former")
    with pytest.raises(OSError, match="No space"):
        state.save(Full(), path, STATE)
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(state.dumps(STATE)), **fields}).encode()


def test_a_newer_format_is_not_touched_and_says_what_to_do() -> None:
    with pytest.raises(InstallerError, match="newer version") as caught:
        state.loads(changed(format=2, records="of a shape nobody knows yet"))
    assert "upgrade" in caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe garbage \x00",
        b"[" * 100_000,
        state.dumps(STATE)[:-20],
        changed(records=[]),
        changed(records={"/a": {"kind": "unicorn", "role": "", "sha256": "", "mode": 0, "comment": ""}}),
        changed(records={"/a": None}),
        changed(last_run="many"),
        changed(restarts=None),
    ],
    ids=range(11),
)
def test_anything_else_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedStateError):
        state.loads(content)
