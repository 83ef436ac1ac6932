"""Our plugin tells exactly once where it is due, in every situation a session can get into."""

from collections.abc import Callable, Iterator

import pytest

from e2e.situations import TABLE, Row
from e2e.stage import GRACE, TOPIC, Stage, staged
from support.ntfy import RealNtfy
from support.opencode import Home

# Longer than any wait of the plugin: it holds an error back for 2 s.
SETTLED = 2.3


@pytest.fixture(scope="module")
def stage(make: Callable[..., Home], ntfy: RealNtfy) -> Iterator[Stage]:
    """Opencode with our plugin."""
    home = make()
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}, "graceSeconds": GRACE})
    with staged(home, ntfy, settled=SETTLED) as stage:
        yield stage


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.play.__name__)
def test_exactly_one_where_one_is_due(row: Row, stage: Stage) -> None:
    with stage.play() as titles:
        row.play(stage)
    assert titles == list(row.ours)
