"""A permission or a question waits 6 s for a quick answer before anybody is told; that is the default."""

from collections.abc import Callable, Iterator

import pytest

from e2e.stage import TOPIC, Stage, staged
from support.ntfy import RealNtfy
from support.opencode import Home

GRACE = 6.0


@pytest.fixture(scope="module")
def stage(make: Callable[..., Home], ntfy: RealNtfy) -> Iterator[Stage]:
    """Opencode with our plugin and the default grace."""
    home = make()
    home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}})
    with staged(home, ntfy, settled=1) as stage:
        yield stage


def test_a_permission_answered_at_once_is_no_news(stage: Stage) -> None:
    with stage.play(settled=GRACE + 1) as titles:
        session = stage.session("asking", ask=["bash"])
        since = session.prompt("[[bash]]")
        session.reply(session.asked("permission", since), "once")
        session.wait_idle(since)
    assert titles == ["asking · done"]


def test_a_question_answered_at_once_is_no_news(stage: Stage) -> None:
    with stage.play(settled=GRACE + 1) as titles:
        session = stage.session("asking", ask=["bash"])
        since = session.prompt("[[question]]")
        session.choose(session.asked("question", since), "Blue")
        session.wait_idle(since)
    assert titles == ["asking · done"]


def test_a_permission_that_stays_open_is_told_after_the_grace(stage: Stage) -> None:
    with stage.play(settled=GRACE - 1.5) as early:
        session = stage.session("asking", ask=["bash"])
        session.asked("permission", session.prompt("[[bash]]"))
        stage.keep_open()
    assert early == []
    with stage.play(settled=3) as late:
        pass
    assert late == ["asking · needs permission"]


def test_a_permission_given_for_always_is_asked_once(stage: Stage) -> None:
    with stage.play(settled=GRACE + 1) as titles:
        session = stage.session("always", ask=["bash"])
        since = session.prompt("[[bash echo always]]")
        session.reply(session.asked("permission", since), "always")
        session.wait_idle(since)
        session.turn("[[bash echo always]]")
    assert titles == ["always · done", "always · done"]


def test_a_turn_stopped_while_it_asks_is_no_news(stage: Stage) -> None:
    with stage.play(settled=GRACE + 1) as titles:
        session = stage.session("asking", ask=["bash"])
        since = session.prompt("[[bash]]")
        session.asked("permission", since)
        session.abort()
        session.wait_idle(since)
    assert titles == []
