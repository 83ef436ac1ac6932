"""A home folder and the engine at work on it: what the cases, the properties and the fault tests share."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installer.engine import journal
from installer.engine import plan as planning
from installer.engine.apply import Decision, Outcome, Restart, apply
from installer.engine.plan import Plan, Step
from installer.engine.resources import Absent, Block, Directory, File, Resource
from installer.engine.rollback import inverse
from installer.engine.state import State
from installer.engine.store import Store
from installer.engine.system import RealSystem
from installer.errors import InstallerError
from installer.events import Event, Task

Shape = tuple[str, int, bytes]
Tree = dict[str, Shape]
"""Path below the root -> kind, mode, content or link target."""


def tree(root: Path, *, times: bool = False) -> dict[str, Any]:
    """Everything below a folder; with `times` also what a write would change."""
    found: dict[str, Any] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        shape: Shape
        if path.is_symlink():
            shape = ("link", 0o777, os.readlink(path).encode())
        elif path.is_dir():
            shape = ("folder", mode, b"")
        else:
            shape = ("file", mode, path.read_bytes())
        found[str(path.relative_to(root))] = (*shape, status.st_mtime_ns, status.st_ino) if times else shape
    return found


@dataclass
class Report:
    """What one run said and how it ended."""

    outcome: Outcome
    tasks: list[Task]
    home: Path

    @property
    def statuses(self) -> dict[str, str]:
        """Each path with its word; unchanged folders above are of no interest to anybody."""
        return {os.path.relpath(task.name, self.home): task.status for task in self.tasks if task.role != "restart"}

    @property
    def all_ok(self) -> bool:
        return not self.outcome.changed and all(task.status in ("ok", "kept") for task in self.tasks)


@dataclass
class World:
    """A home whose name is awkward on purpose, and a store outside of it."""

    root: Path
    restarts: dict[str, Restart] = field(default_factory=dict)
    system: RealSystem = field(default_factory=RealSystem)

    def __post_init__(self) -> None:
        self.home.mkdir(exist_ok=True)

    @property
    def home(self) -> Path:
        return self.root / "ann ทดสอบ"

    @property
    def store(self) -> Store:
        return Store(self.system, self.root / "ของเรา state" / "state")

    def tree(self, *, times: bool = False) -> dict[str, Any]:
        return tree(self.home, times=times)

    def recovered(self) -> State:
        memory = self.store.load()
        if memory.damaged:
            self.store.set_damaged_aside()
        self.store.recover(memory)
        return memory.state

    def plan(self, wanted: Sequence[Resource], state: State) -> Plan:
        return planning.build(self.system, state, [("thing", each) for each in wanted], None)

    def apply(self, wanted: Sequence[Resource], on_conflict: str = "keep") -> Report:
        with self.store.lock(wait=False):
            state = self.recovered()
            return self._carry_out(self.plan(wanted, state), state, "apply", on_conflict)

    def attempt(self, wanted: Sequence[Resource], on_conflict: str = "keep") -> Report | InstallerError:
        """An apply that may fail; what it failed of is returned."""
        try:
            return self.apply(wanted, on_conflict)
        except InstallerError as error:
            return error

    def rollback(self, number: int | None = None, on_conflict: str = "keep") -> Report:
        with self.store.lock(wait=False):
            state = self.recovered()
            runs = {run.number: run for run in journal.runs_in(self.system, self.store.runs)}
            plan = inverse(self.system, state, runs[number or max(runs)])
            return self._carry_out(plan, state, "rollback", on_conflict)

    def uninstall(self, on_conflict: str = "keep") -> Report:
        with self.store.lock(wait=False):
            state = self.recovered()
            return self._carry_out(planning.removal(self.system, state, ()), state, "uninstall", on_conflict)

    def _carry_out(self, plan: Plan, state: State, command: str, on_conflict: str) -> Report:
        events: list[Event] = []

        def decide(step: Step) -> Decision:
            if on_conflict == "fail":
                raise InstallerError("conflict", f"{step.name} {step.change.reason}")
            return "overwrite" if on_conflict == "overwrite" else "keep"

        outcome = apply(self.store, plan, state, command, decide, events.append, restarts=self.restarts)
        return Report(outcome, [each for each in events if isinstance(each, Task)], self.home)

    def leftovers(self) -> list[Path]:
        """Temporary files and half begun runs, anywhere."""
        runs = self.store.runs
        bare = [each for each in runs.iterdir() if not (each / "journal.json").exists()] if runs.exists() else []
        return [*self.root.rglob("*.tmp"), *self.root.rglob("candidate"), *bare]

    def backups(self) -> list[bytes]:
        return [path.read_bytes() for path in self.store.runs.glob("*/backup/*")]


def resource(home: Path, data: Mapping[str, Any]) -> Resource:
    """A resource from a case's words."""
    kinds: dict[str, type] = {"directory": Directory, "file": File, "block": Block, "absent": Absent}
    kind = next(each for each in kinds if each in data)
    given = {key: value for key, value in data.items() if key != kind}
    given["path"] = home / data[kind]
    if "mode" in given:
        given["mode"] = int(given["mode"], 8)
    if "text" in given and kind == "file":
        given["content"] = given.pop("text").encode()
    made: Resource = kinds[kind](**given)
    return made


@contextmanager
def umask(mask: int) -> Iterator[None]:
    former = os.umask(mask)
    try:
        yield
    finally:
        os.umask(former)
