"""The plugin as most people write it does not tell exactly once: proof that the tests of ours can fail."""

from collections.abc import Callable, Iterator

import pytest

from e2e.situations import TABLE, Row
from e2e.stage import Stage, install_control, staged
from support.ntfy import RealNtfy
from support.opencode import Home

# The usual plugin waits for nothing; opencode 1.18.33 reports the second idle after 0.1 s.
SETTLED = 0.7


@pytest.fixture(scope="module")
def stage(make: Callable[..., Home], ntfy: RealNtfy) -> Iterator[Stage]:
    """Opencode with the usual plugin."""
    home = make()
    install_control(home, ntfy.url)
    with staged(home, ntfy, settled=SETTLED) as stage:
        yield stage


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.play.__name__)
def test_the_usual_plugin(row: Row, stage: Stage) -> None:
    with stage.play() as titles:
        row.play(stage)
    assert titles == ["opencode is done"] * row.control
