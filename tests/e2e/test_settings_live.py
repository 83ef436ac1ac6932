"""What notify.json says holds from the next event on, without a restart: one opencode plays all of this."""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from e2e.stage import GRACE, person_walks_up
from support.ntfy import Message, RealNtfy
from support.opencode import Home
from support.processes import wait_for
from support.serve import Serve, Session

COMMAND = "echo token=tk_4f9a8b7c6d5e"
SECRET = "tk_4f9a8b7c6d5e"
TITLE = "Spring cleaning"


class Living:
    """A served home whose settings change while it runs; each test has a topic of its own."""

    def __init__(self, home: Home, serve: Serve, ntfy: RealNtfy, topic: str) -> None:
        self.home = home
        self.serve = serve
        self.ntfy = ntfy
        self.topic = topic

    def configure(self, **settings: Any) -> None:
        """Write settings; what is not said is the default, but for the grace."""
        ntfy = {"server": self.ntfy.url, "topic": self.topic, **settings.pop("ntfy", {})}
        self.home.configure({"graceSeconds": GRACE, "ntfy": ntfy, **settings})

    def turn(self, prompt: str = "[[ok]]") -> Session:
        session = self.serve.open(self.folder("p"), TITLE)
        session.turn(prompt)
        return session

    @contextmanager
    def asking(self, prompt: str) -> Iterator[tuple[Session, str]]:
        """Let the agent ask for permission, and give the session and the request; it is stopped at the end."""
        session = self.serve.open(self.folder("asking", ask=["bash"]), TITLE)
        request = session.asked("permission", session.prompt(prompt))
        yield session, request
        session.abort()
        self.serve.quiet(0.5)

    def folder(self, name: str, *, ask: list[str] | None = None) -> Path:
        folder = self.home.path / "src" / name
        return folder if folder.exists() else self.home.project(name, ask=ask or [])

    def told(self, count: int) -> list[Message]:
        """Return the messages on the topic once they are so many, and no more come."""
        wait_for(lambda: len(self.ntfy.messages(self.topic)) >= count or None, f"{count} messages", seconds=10)
        self.serve.quiet(0.7)
        return self.ntfy.messages(self.topic)

    def titles(self, count: int) -> list[str]:
        return [message["title"] for message in self.told(count)]


@pytest.fixture(scope="module")
def served(make: Callable[..., Home]) -> Iterator[tuple[Home, Serve]]:
    home = make()
    home.install_plugin({})
    with Serve(home) as serve:
        yield home, serve


@pytest.fixture
def living(served: tuple[Home, Serve], ntfy: RealNtfy, request: pytest.FixtureRequest) -> Living:
    topic = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[:60]
    return Living(*served, ntfy, topic)


def test_another_language(living: Living) -> None:
    living.configure()
    living.turn()
    assert living.titles(1) == ["p · done"]
    living.configure(language="th")
    living.turn()
    assert living.titles(2)[1:] == ["p · เสร็จแล้ว"]


def test_a_broken_file_keeps_the_last_good_settings(living: Living) -> None:
    living.configure(language="th")
    living.turn()
    living.home.write_settings('{"schema": 1, "language": "en", ')
    living.turn()
    assert living.titles(2) == ["p · เสร็จแล้ว"] * 2
    living.configure()
    living.turn()
    assert living.titles(3)[2:] == ["p · done"]


def test_quiet_hours_hold_done_back_and_let_a_permission_through(living: Living) -> None:
    now = datetime.now()
    hours = [(now + timedelta(hours=change)).strftime("%H:%M") for change in (-1, 1)]
    living.configure(quietHours={"from": hours[0], "to": hours[1]})
    living.turn()
    with living.asking("[[bash]]"):
        assert living.titles(1) == ["asking · needs permission"]
    [held] = (living.home.state / "spool").glob("*.json")
    assert "p · done" in held.read_text()
    held.unlink()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("minimal", "The agent waits for your approval."),
        ("summary", f"bash · {TITLE}"),
        ("full", f"echo token=***\nbash · {TITLE}"),
    ],
)
def test_what_a_permission_says(content: str, expected: str, living: Living) -> None:
    living.configure(ntfy={"content": content})
    with living.asking(f"[[bash {COMMAND}]]"):
        [message] = living.told(1)
    assert message["message"] == expected
    assert SECRET not in str(message)
    assert str(living.home.path) not in str(message)


def test_full_says_the_last_words(living: Living) -> None:
    living.configure(ntfy={"content": "full"})
    living.turn("[[slow 1.1]]")
    [message] = living.told(1)
    assert re.fullmatch(rf"Slowly done\.\n{TITLE} · \d+ s", message["message"])


def test_the_click_opens_the_session(living: Living) -> None:
    living.configure(ui="https://opencode.example/")
    session = living.turn()
    [message] = living.told(1)
    _, _, _, directory, word, opened = message["click"].split("/")
    assert base64.urlsafe_b64decode(directory + "==").decode() == str(session.directory)
    assert (word, opened) == ("session", session.id)


def test_a_used_up_quota_of_the_model_is_told_as_stuck(living: Living) -> None:
    living.configure(ntfy={"content": "full"})
    session = living.serve.open(living.folder("p"))
    since = session.prompt("[[quota]]")
    session.wait_status("retry", since)
    [message] = living.told(1)
    session.abort()
    session.wait_idle(since)
    assert message["title"] == "p · stuck"
    assert "quota" in message["message"]
    assert living.titles(1) == ["p · stuck"]


def test_a_permission_answered_elsewhere_is_taken_back(living: Living) -> None:
    living.configure()
    with living.asking("[[bash]]") as (session, request):
        [told] = living.told(1)
        person_walks_up()
        since = len(living.serve.events)
        session.reply(request, "once")
        session.wait_idle(since)
        cleared = wait_for(
            lambda: [each for each in living.ntfy.events(living.topic) if each["event"] == "message_clear"],
            "the message is taken back",
        )
    assert [each["sequence_id"] for each in cleared] == [told["sequence_id"]]
    assert living.titles(2) == ["asking · needs permission", "asking · done"]


def test_near_the_daily_limit_only_what_is_urgent_is_sent(living: Living, tmp_path: Path) -> None:
    limit, sent = 20, 10
    with RealNtfy(tmp_path / "ntfy", request_burst=1_000, daily_messages=limit) as small:
        living = Living(living.home, living.serve, small, "small")
        living.configure()
        # Others on the same address use the quota too.
        for number in range(int(limit * 0.8) - sent):
            small.publish("others", str(number))
        for _ in range(sent):
            living.turn()
        assert living.titles(sent) == ["p · done"] * sent
        living.turn()
        with living.asking("[[bash]]"):
            assert living.titles(sent + 1)[sent:] == ["asking · needs permission"]
