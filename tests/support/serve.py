"""`opencode serve` and the sessions in it, driven over HTTP as its own clients do."""

import http.client
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias
from urllib.parse import quote

from support import programs
from support.opencode import Home
from support.processes import free_port, running, wait_for

Event: TypeAlias = dict[str, Any]
PATIENCE = 2.0  # opencode 1.18.33 can leave a request that comes right after its start unanswered for ever


class Serve:
    """A server that lives as long as the block; `events` holds all that it reported, in order."""

    def __init__(self, home: Home, *, password: str = "") -> None:
        self.port = free_port()
        self.events: list[Event] = []
        self.log = home.path / f"serve-{self.port}.log"
        self._home = home
        self._headers = {"Content-Type": "application/json"}
        self._secret = {"OPENCODE_SERVER_PASSWORD": password} if password else {}
        if password:
            self._headers["Authorization"] = "Basic " + b64encode(f"opencode:{password}".encode()).decode()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            command = [str(programs.opencode()), "serve", "--hostname", "127.0.0.1", "--port", str(self.port)]
            env = {**self._home.environment(), **self._secret}
            self.process = stack.enter_context(running(command, env=env, cwd=self._home.path, log=self.log))
            wait_for(self._healthy, "opencode serve healthy")
            threading.Thread(target=self._listen, daemon=True).start()
            wait_for(lambda: self.events, "the event stream")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def get(self, path: str, directory: Path, *, seconds: float = 20) -> Any:
        """Ask until there is an answer."""

        def attempt() -> tuple[Any] | None:
            with suppress(OSError, http.client.HTTPException):
                return (self._request("GET", path, directory, None, PATIENCE),)
            return None

        return wait_for(attempt, f"GET {path}", seconds=seconds)[0]

    def post(self, path: str, directory: Path, body: object = None) -> Any:
        """Ask once, because asking twice would do it twice."""
        return self._request("POST", path, directory, body, 10)

    def open(self, directory: Path, title: str | None = None) -> "Session":
        """Start a session in the directory, after its plugins have been loaded."""
        self.get("/config", directory)
        created = self.post("/session", directory, {"title": title} if title else {})
        return Session(self, directory, created["id"])

    def wait(self, matches: Callable[[Event], bool], what: str, *, since: int = 0, seconds: float = 20) -> Event:
        """Return the first event that matches, counted from the position since."""
        return wait_for(lambda: next(filter(matches, self.events[since:]), None), what, seconds=seconds)

    def quiet(self, seconds: float) -> None:
        """Wait until the server has reported nothing for so long."""
        deadline = time.monotonic() + 60
        known, since = len(self.events), time.monotonic()
        while time.monotonic() - since < seconds:
            if time.monotonic() > deadline:
                raise TimeoutError("opencode never fell silent")
            time.sleep(0.05)
            if len(self.events) != known:
                known, since = len(self.events), time.monotonic()

    def _request(self, method: str, path: str, directory: Path | None, body: object, patience: float) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            where = f"{path}?directory={quote(str(directory))}" if directory else path
            connection.request(method, where, json.dumps(body) if body is not None else None, self._headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text else None

    def _healthy(self) -> bool:
        try:
            return bool(self._request("GET", "/global/health", None, None, PATIENCE)["healthy"])
        except (OSError, http.client.HTTPException):
            return False

    def _listen(self) -> None:
        while not self.events and self.process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            with suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/global/event", headers=self._headers)
                stream = connection.getresponse()
                if connection.sock:
                    connection.sock.settimeout(120)
                for line in stream:
                    if line.startswith(b"data: "):
                        self._note(json.loads(line[6:]))
            connection.close()

    def _note(self, event: Event) -> None:
        if event["payload"]["type"] != "server.heartbeat":
            self.events.append({"directory": event.get("directory"), **event["payload"]})


@dataclass(frozen=True)
class Session:
    """A session in a served directory."""

    serve: Serve
    directory: Path
    id: str

    def prompt(self, text: str) -> int:
        """Send a prompt without waiting; return the position in the events from which its turn can be followed."""
        since = len(self.serve.events)
        body = {"parts": [{"type": "text", "text": text}]}
        self.serve.post(f"/session/{self.id}/prompt_async", self.directory, body)
        return since

    def turn(self, text: str) -> None:
        """Send a prompt and wait until its turn is over."""
        self.wait_idle(self.prompt(text))

    def wait_idle(self, since: int) -> None:
        """Wait until the session is idle."""
        self.wait("session.idle", since)

    def wait(self, kind: str, since: int) -> Event:
        """Wait for an event of this session."""
        return self.serve.wait(
            lambda event: event["type"] == kind and event["properties"].get("sessionID") == self.id,
            f"{kind} of {self.id}",
            since=since,
        )

    def wait_status(self, status: str, since: int) -> None:
        """Wait until the session is busy, idle, or about to retry."""
        self.serve.wait(
            lambda event: (
                event["type"] == "session.status"
                and event["properties"]["sessionID"] == self.id
                and event["properties"]["status"]["type"] == status
            ),
            f"{status} of {self.id}",
            since=since,
        )

    def asked(self, prompt: str, since: int) -> str:
        """Wait for a permission or question of this session or a subagent of it; return the request's id."""
        event = self.serve.wait(
            lambda event: event["type"] == f"{prompt}.asked" and event["directory"] == str(self.directory),
            f"{prompt}.asked",
            since=since,
        )
        request: str = event["properties"]["id"]
        return request

    def reply(self, request: str, reply: str) -> None:
        """Answer a permission: once, always or reject."""
        self.serve.post(f"/permission/{request}/reply", self.directory, {"reply": reply})

    def choose(self, request: str, label: str) -> None:
        """Answer a question."""
        self.serve.post(f"/question/{request}/reply", self.directory, {"answers": [[label]]})

    def dismiss(self, request: str) -> None:
        """Reject a question."""
        self.serve.post(f"/question/{request}/reject", self.directory)

    def abort(self) -> None:
        """Stop the turn."""
        self.serve.post(f"/session/{self.id}/abort", self.directory)
