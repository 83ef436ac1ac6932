"""Any sequence of profiles, edits and applies: converges, loses nobody's work, and can be rolled back."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from cases.world import World
from installer.engine import blocks, journal, state
from installer.engine.diff import Change, Record
from installer.engine.plan import removal
from installer.engine.resources import Absent, Block, Directory, File, Resource
from installer.engine.state import State
from installer.engine.system import Entry, RealSystem

FILES = ["a", "folder/deep/b"]
ACTS = ["write", "insert", "delete", "chmod", "link"]
TEXTS = ["alpha=1\n", "beta=2\r\n", "gamma=3", ""]
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@st.composite
def wanted(draw: st.DrawFn) -> list[tuple[str, str, str, int]]:
    """A profile: for some of the paths, which kind of thing is wanted there."""
    chosen = []
    for name in FILES:
        kind = draw(st.sampled_from(["file", "file", "block", "absent", ""]))
        chosen.append((kind, name, draw(st.sampled_from(TEXTS)), draw(st.sampled_from([0o644, 0o600]))))
    return chosen


def resources(home: Path, profile: list[tuple[str, str, str, int]], folder_mode: int | None) -> list[Resource]:
    found: list[Resource] = [] if folder_mode is None else [Directory(home / "folder", folder_mode)]
    for kind, name, text, mode in profile:
        if kind == "file":
            found.append(File(home / name, text.encode(), mode))
        elif kind == "block":
            found += [Block(home / name, "one", text)] + [Block(home / name, "two", text)] * (mode == 0o644)
        elif kind == "absent":
            found.append(Absent(home / name, "not wanted"))
    return found


class Machine(RuleBasedStateMachine):
    """A person and the program take turns on one home."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.world = World(self.folder)
        self.written: set[bytes] = set()
        self.count = 0

    def _person(self, name: str, verb: str) -> None:
        path = self.world.home / name
        former = path.read_bytes() if path.is_file() else b""
        if not path.parent.is_dir() or (verb == "chmod" and not path.is_file()):
            return
        if verb == "chmod":
            path.chmod(0o666)
            return
        self.count += 1
        mine = f"mine {self.count};".encode()
        # In the middle of what stands there, so that blocks are edited too.
        content = former.replace(b"=", b"=" + mine, 1) if verb == "insert" and b"=" in former else mine
        path.unlink(missing_ok=True)
        if verb in ("write", "insert"):
            path.write_bytes(content)
            self.written.add(mine)
        elif verb == "link":
            path.symlink_to("nowhere")
        # What a person threw away is nobody's loss.
        kept = path.read_bytes() if path.is_file() else b""
        self.written = {each for each in self.written if each not in former or each in kept}

    @rule(
        acts=st.lists(st.tuples(st.sampled_from(FILES), st.sampled_from(ACTS)), max_size=2),
        profile=wanted(),
        policy=st.sampled_from(["keep", "overwrite"]),
        folder_mode=st.sampled_from([None, 0o700, 0o755]),
        undo=st.booleans(),
    )
    def apply(
        self,
        acts: list[tuple[str, str]],
        profile: list[tuple[str, str, str, int]],
        policy: str,
        folder_mode: int | None,
        undo: bool,
    ) -> None:
        for act in acts:
            self._person(*act)
        given = resources(self.world.home, profile, folder_mode)
        before = self.world.tree()
        if self.world.plan(given, self.world.recovered() if self.world.store.folder.exists() else State()).failures:
            return
        report = self.world.apply(given, policy)
        after = self.world.tree(times=True)
        again = self.world.apply(given, policy)
        assert again.all_ok
        assert self.world.tree(times=True) == after
        if policy == "overwrite":
            assert report.outcome.exit_code == 0
        else:
            for name, (_, _, content) in before.items():
                mine = {each for each in self.written if each in content}
                assert all(each in after[name][2] for each in mine), "somebody's work was touched without a yes"
        if undo and report.outcome.changed:
            assert self.world.rollback().outcome.exit_code == 0
            assert self.world.tree() == before
        self._assert_nothing_lost()

    @precondition(lambda self: self.world.store.folder.exists())
    @rule(policy=st.sampled_from(["keep", "overwrite"]))
    def uninstall(self, policy: str) -> None:
        if removal(self.world.system, self.world.recovered(), ()).failures:
            return
        self.world.uninstall(policy)
        if policy == "overwrite":
            records = self.world.recovered().records.values()
            assert all(each.kind == "directory" for each in records)
        self._assert_nothing_lost()

    def _assert_nothing_lost(self) -> None:
        standing = [content for _, _, content in self.world.tree().values()] + self.world.backups()
        for each in self.written:
            assert any(each in content for content in standing), each
        assert not self.world.leftovers()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


Machine.TestCase.settings = settings(
    max_examples=100, stateful_step_count=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
test_any_sequence_of_profiles_and_edits = Machine.TestCase


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=9), max_size=5)


@given(lines=LINES, text=LINES, newline=st.sampled_from(["\n", "\r\n"]), ending=st.booleans())
def test_a_block_goes_as_it_came(lines: list[str], text: list[str], newline: str, ending: bool) -> None:
    content = (newline.join(lines) + (newline if ending and lines else "")).encode()
    with_block = blocks.replaced(content, "x", "\n".join(text))
    assert blocks.current(with_block, "x") == blocks.lines_of("\n".join(text))
    assert blocks.replaced(with_block, "x", "\n".join(text)) == with_block
    without = blocks.removed(with_block, "x")
    assert without == content or (not content.endswith(b"\n") and without == content + blocks._newline(content))


RECORDS = st.builds(
    Record,
    st.sampled_from(["file", "directory", "block"]),
    st.text(),
    st.text(),
    st.integers(min_value=0, max_value=0o7777),
    st.text(),
)
NAMES = st.text(st.characters(codec="utf-8"))
STATES = st.builds(
    State,
    st.dictionaries(NAMES, RECORDS),
    st.integers(min_value=0),
    st.lists(NAMES).map(tuple),
    st.lists(NAMES).map(tuple),
)


@given(STATES)
def test_a_state_comes_back_as_it_was(given_state: State) -> None:
    assert state.loads(state.dumps(given_state)) == given_state


@given(STATES, st.data())
def test_a_torn_state_is_never_taken_for_another(given_state: State, data: st.DataObject) -> None:
    content = state.dumps(given_state)
    cut = content[: data.draw(st.integers(0, len(content) - 2))]
    try:
        found = state.loads(cut)
    except state.DamagedStateError:
        return
    raise AssertionError(f"{cut!r} was read as {found}")


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


ENTRIES = st.one_of(
    st.just(Entry("absent")),
    st.builds(Entry, st.just("file"), st.integers(0, 0o777), st.binary(max_size=9)),
    st.builds(Entry, st.just("symlink"), st.just(0o777), st.just(b""), st.text(min_size=1, max_size=9)),
    st.builds(Entry, st.just("directory"), st.integers(0, 0o777)),
)


@given(
    st.lists(
        st.builds(
            Change,
            st.sampled_from(["create", "update", "mode", "remove"]),
            st.text(max_size=9),
            st.just(Path("/home/ann ทดสอบ/x")),
            ENTRIES,
            ENTRIES,
            st.sampled_from(["", "edited", "foreign"]),
            NAMES,
            st.none() | RECORDS,
            st.none() | RECORDS,
            restarts=st.lists(st.text(max_size=5), max_size=2).map(tuple),
        ),
        max_size=4,
    )
)
def test_a_journal_comes_back_as_it_was(changes: list[Change]) -> None:
    with folder() as runs:
        run = journal.begin(RealSystem(), runs, 7, "apply", changes)
        assert journal.runs_in(RealSystem(), runs) == [run]
        told = json.loads((runs / "7" / "journal.json").read_bytes())
        for change, each in zip(changes, told["operations"], strict=True):
            backup = runs / "7" / "backup" / each["backup"]
            if change.before.kind == "file" and change.before.content != change.after.content:
                assert backup.read_bytes() == change.before.content
