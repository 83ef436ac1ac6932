"""Measures how soon after a turn's end its message is there: from opencode's session.idle to a real ntfy stream.

    .testbench/venv/bin/python tests/bench/latency.py [--turns 20]

Both streams are read by this process. Aim: a median of 150 ms at most. opencode's event stream has a delay of its own,
so that a message can be there first and count less than nothing; therefore the time since the answer was complete, by
opencode's own clock, is told too: it is always the longer one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.model import FakeModel
from support.ntfy import RealNtfy
from support.opencode import Home, make_home
from support.processes import wait_for
from support.serve import Event, Serve

TOPIC = "latency"


class TimedServe(Serve):
    """A server that also notes when it reported idle sessions, and when its clock says that answers were complete."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.idle: list[float] = []
        self.completed = 0.0

    def _note(self, event: Event) -> None:
        payload = event["payload"]
        if payload["type"] == "session.idle":
            self.idle.append(time.time())
        if payload["type"] == "message.updated":
            at = payload["properties"]["info"]["time"].get("completed", 0) / 1_000
            self.completed = max(self.completed, at)
        super()._note(event)


class Subscriber(threading.Thread):
    """Reads the topic as a phone does, and notes when each message came, in Unix seconds."""

    def __init__(self, server: str) -> None:
        super().__init__(daemon=True)
        self.came: list[float] = []
        self.open = threading.Event()
        self._url = f"{server}/{TOPIC}/json"

    def run(self) -> None:
        """Read until the server ends."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self._url, timeout=60) as stream:
            for line in stream:
                kind = json.loads(line)["event"]
                if kind == "open":
                    self.open.set()
                if kind == "message":
                    self.came.append(time.time())


def measure(turns: int, scratch: Path) -> list[tuple[float, float]]:
    """Return each turn's milliseconds from session.idle and from the answer's end, after one unmeasured turn."""
    with FakeModel() as model, RealNtfy(scratch / "ntfy") as ntfy:
        home = make_home(scratch / "home", model.url)
        home.install_plugin({"ntfy": {"server": ntfy.url, "topic": TOPIC}})
        subscriber = Subscriber(ntfy.url)
        subscriber.start()
        if not subscriber.open.wait(10):
            raise TimeoutError("ntfy opened no stream")
        with TimedServe(home) as serve:
            session = serve.open(home.project("p"))
            taken = []
            for turn in range(turns + 1):
                idles = len(serve.idle)
                session.turn("[[ok]]")
                wait_for(lambda turn=turn: len(subscriber.came) > turn, "the message")  # type: ignore[misc]
                came = subscriber.came[turn]
                taken.append(((came - serve.idle[idles]) * 1_000, (came - serve.completed) * 1_000))
                serve.quiet(0.5)
    return taken[1:]


def main() -> None:
    """Print the median and the range."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=20)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as scratch:
        pairs = measure(turns, Path(scratch))
    for name, taken in zip(("session.idle", "answer complete"), zip(*pairs, strict=True), strict=True):
        median, low, high = statistics.median(taken), min(taken), max(taken)
        print(f"{name} to the ntfy stream, {turns} turns: median {median:.0f} ms, {low:.0f} to {high:.0f} ms")


if __name__ == "__main__":
    main()
