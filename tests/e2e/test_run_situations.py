"""The situations that `opencode run` can get into: nobody is there to answer, and it ends right after its turn."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from e2e import situations
from e2e.stage import GRACE, TOPIC, Stage
from support.ntfy import RealNtfy
from support.opencode import Home


@dataclass(frozen=True)
class RunRow:
    """The situation as it is when served, its prompt, the titles that our plugin publishes, opencode's exit code."""

    served: Callable[[Stage], None]
    prompt: str
    ours: tuple[str, ...]
    code: int = 0
    ask: tuple[str, ...] = ()


# `opencode run` rejects a permission at once by itself, and has no question tool (seen on 1.18.33).
RUN_TABLE = [
    RunRow(situations.done, "[[ok]]", ("p · done",)),
    RunRow(situations.tool, "[[bash]]", ("p · done",)),
    RunRow(situations.error, "[[401]]", ("p · error",), code=1),
    RunRow(situations.permission_open, "[[bash]]", ("p · done",), ask=("bash",)),
    RunRow(situations.subagent, "[[task [[ok]]]]", ("p · done",)),
    RunRow(situations.subagent_permission, "[[task [[bash]]]]", ("p · done",), ask=("bash",)),
    RunRow(situations.retry, "[[500 1]]", ("p · done",)),
]


@pytest.mark.parametrize("row", RUN_TABLE, ids=lambda row: row.served.__name__)
def test_exactly_one_where_one_is_due(row: RunRow, make: Callable[..., Home], ntfy: RealNtfy) -> None:
    home = make()
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}, "graceSeconds": GRACE})
    before = len(ntfy.messages(TOPIC))
    finished = home.run(home.project("p", ask=row.ask), row.prompt)
    assert ntfy.titles(TOPIC)[before:] == list(row.ours), finished.output
    assert finished.code == row.code
