"""What a person must know, and could not be sent, is sent by the next opencode that can."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

from e2e.stage import TOPIC
from support.ntfy import RealNtfy
from support.opencode import Home


def test_an_error_while_ntfy_is_down_arrives_with_the_next_run_once(make: Callable[..., Home], tmp_path: Path) -> None:
    home = make()
    ntfy = RealNtfy(tmp_path / "ntfy")
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}})
    project = home.project("p")
    assert home.run(project, "[[401]]").code == 1
    spool = home.state / "spool"
    [kept] = spool.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    with ntfy:
        assert home.run(project, "[[ok]]").code == 0
        now, late = ntfy.titles(TOPIC)
        assert now == "p · done"
        assert re.fullmatch(r"while away, \d\d:\d\d: p · error", late)
        assert list(spool.iterdir()) == []
        assert home.run(project, "[[ok]]").code == 0
        assert ntfy.titles(TOPIC) == [now, late, "p · done"]


def test_a_done_while_ntfy_is_down_is_let_go(make: Callable[..., Home], tmp_path: Path) -> None:
    home = make()
    ntfy = RealNtfy(tmp_path / "ntfy")
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}})
    assert home.run(home.project("p"), "[[ok]]").code == 0
    assert not (home.state / "spool").exists()
