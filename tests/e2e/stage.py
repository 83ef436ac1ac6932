"""A running opencode with one notify plugin, and the topic that the plugin publishes to."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from support import programs
from support.ntfy import RealNtfy
from support.opencode import Home
from support.serve import Serve, Session

TOPIC = "agent"
# How long a person takes to answer; longer than GRACE.
ANSWER = 1.0
GRACE = 0.2
CONTROL = programs.ROOT / "tests" / "plugin" / "control" / "usual.ts"


def install_control(home: Home, server: str) -> None:
    """Put the plugin as most people write it into opencode's folder."""
    folder = home.config / "plugin"
    folder.mkdir()
    (folder / "notify.ts").write_text(CONTROL.read_text().replace("SERVER", server).replace("TOPIC", TOPIC))


class Stage:
    """One served home; every call of `play` looks at what one situation adds to the topic."""

    def __init__(self, home: Home, serve: Serve, ntfy: RealNtfy, settled: float) -> None:
        self.home = home
        self.serve = serve
        self._ntfy = ntfy
        self._settled = settled
        self._sessions: list[Session] = []

    def session(self, project: str, *, ask: Iterable[str] = ()) -> Session:
        """Start a session in a project of its own, or in one that an earlier call made."""
        folder = self.home.path / "src" / project
        if not folder.exists():
            self.home.project(project, ask=ask)
        session = self.serve.open(folder)
        self._sessions.append(session)
        return session

    def keep_open(self) -> None:
        """Leave the sessions of this block as they are when it ends."""
        self._sessions.clear()

    @contextmanager
    def play(self, *, settled: float | None = None) -> Iterator[list[str]]:
        """Give the list that holds the titles published in the block, once all was silent for settled seconds."""
        titles: list[str] = []
        before = len(self._ntfy.messages(TOPIC))
        try:
            yield titles
            self.serve.quiet(settled or self._settled)
            titles += self._ntfy.titles(TOPIC)[before:]
        finally:
            for session in self._sessions:
                session.abort()
            self._sessions.clear()
            self.serve.quiet(0.5)


@contextmanager
def staged(home: Home, ntfy: RealNtfy, *, settled: float) -> Iterator[Stage]:
    """Serve the home until the block ends; after settled seconds of silence nothing more is expected."""
    with Serve(home) as serve:
        yield Stage(home, serve, ntfy, settled)


def person_walks_up() -> None:
    """Let as much time pass as a person takes to answer."""
    time.sleep(ANSWER)
