"""The real ntfy server on loopback."""

import json
import secrets
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeAlias

from support import programs
from support.processes import free_port, running, wait_for

Message: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """A user of the server; access maps a topic (or pattern) to rw, ro, wo or deny."""

    name: str
    access: dict[str, str]
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    token: str = field(default_factory=lambda: "tk_" + secrets.token_hex(15)[:29])


class RealNtfy:
    """A server that lives as long as the block; its reads use no credentials unless given a reader.

    With accounts anonymous visitors may do nothing. Without request_burst loopback is exempt from the request limit.
    """

    def __init__(
        self,
        folder: Path,
        *,
        accounts: Sequence[Account] = (),
        request_burst: int | None = None,
        daily_messages: int | None = None,
        reader: Account | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._accounts = accounts
        self._request_burst = request_burst
        self._daily_messages = daily_messages
        self._reader = reader
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        program = programs.ntfy()
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "server.yml"
        config.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in self._config().items()))
        log = self._folder / "ntfy.log"
        with ExitStack() as stack:
            command = [str(program), "serve", "--config", str(config)]
            process = stack.enter_context(running(command, env={}, cwd=self._folder, log=log))
            wait_for(lambda: self._healthy() or process.poll() is not None, "ntfy healthy")
            if process.poll() is not None:
                raise RuntimeError(f"ntfy did not start: {log.read_text()}")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def messages(self, topic: str) -> list[Message]:
        """Return what the topic holds, oldest first."""
        return [event for event in self.events(topic) if event["event"] == "message"]

    def events(self, topic: str) -> list[Message]:
        """Return what the topic holds, oldest first, with what takes messages back (`message_clear`)."""
        with self._open(f"/{topic}/json?poll=1&since=all") as answer:
            return [json.loads(line) for line in answer.read().decode().splitlines()]

    def titles(self, topic: str) -> list[str]:
        """Return the title of each message on the topic, oldest first; a message without one counts as its text."""
        return [str(message.get("title") or message["message"]) for message in self.messages(topic)]

    def publish(self, topic: str, text: str) -> None:
        """Publish a message as an anonymous visitor."""
        _loopback.open(f"{self.url}/{topic}", text.encode(), timeout=5).close()

    def _open(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path)
        if self._reader:
            request.add_header("Authorization", f"Bearer {self._reader.token}")
        return _loopback.open(request, timeout=5)

    def _healthy(self) -> bool:
        try:
            with self._open("/v1/health") as answer:
                return bool(json.load(answer)["healthy"])
        except urllib.error.URLError:
            return False

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            "base-url": self.url,
            "listen-http": f"127.0.0.1:{self.port}",
            "cache-file": str(self._folder / "cache.db"),
            "auth-file": str(self._folder / "user.db"),
            "auth-default-access": "deny-all" if self._accounts else "read-write",
            "auth-users": [f"{each.name}:{_hash(each.password)}:user" for each in self._accounts],
            "auth-access": [
                f"{each.name}:{topic}:{access}" for each in self._accounts for topic, access in each.access.items()
            ],
            "auth-tokens": [f"{each.name}:{each.token}:test" for each in self._accounts],
        }
        if self._request_burst is None:
            config["visitor-request-limit-exempt-hosts"] = "127.0.0.1"
        else:
            config["visitor-request-limit-burst"] = self._request_burst
        if self._daily_messages is not None:
            config["visitor-message-daily-limit"] = self._daily_messages
        return config


# Without a proxy handler: the machine's proxy settings must not catch loopback.
_loopback = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _hash(password: str) -> str:
    """Return the bcrypt hash as auth-users wants it; ntfy asks for the password twice on stdin."""
    done = subprocess.run(
        [programs.ntfy(), "user", "hash"],
        input=f"{password}\n{password}\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return next(line for line in (done.stdout + done.stderr).split() if line.startswith("$2"))
