"""The proof that a notification arrives: subscribe, publish, see it on the stream and in the server's memory."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from installer.events import Finding
from installer.http import Client, UnreachableError, within
from installer.roles.ntfy import faults
from installer.roles.ntfy.config import NtfyConfig
from installer.roles.ntfy.faults import Attempt
from installer.secrets import generate

STEP_SECONDS = 8.0
"""How long each request may stay silent."""
WHOLE_SECONDS = 25.0
"""How long the whole proof may take."""
FEW_LEFT = 0.2

_UNREAD = "this account may not read, so not read back"
_SUBSCRIBE = "subscribe your phone to see it"


def authorization(ntfy: NtfyConfig, *, reading: bool = False) -> str:
    """Return the `Authorization` value for publishing or reading, '' for none; a token wins over a password."""
    token = ntfy.read_token if reading and ntfy.read_token else ntfy.token
    if token:
        return f"Bearer {token.reveal()}"
    if ntfy.user and ntfy.password:
        pair = f"{ntfy.user}:{ntfy.password.reveal()}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return ""


def roundtrip(ntfy: NtfyConfig, priority: int, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS) -> Finding:
    """Publish a nonce and see it arrive; the finding tells the milliseconds and the day's quota."""
    trip = _Trip(ntfy, priority, step)
    try:
        return within(whole, trip.run)
    except UnreachableError as error:
        return faults.unreachable(error, Attempt("publish and read back"))


@dataclass(frozen=True)
class _Trip:
    """One proof; `step` is the time limit of each request in seconds."""

    ntfy: NtfyConfig
    priority: int
    step: float

    @property
    def _topic(self) -> str:
        return self.ntfy.topic.reveal() if self.ntfy.topic else ""

    @property
    def _reader(self) -> Client:
        return Client(self.ntfy.server, authorization(self.ntfy, reading=True))

    @property
    def _publisher(self) -> Client:
        return Client(self.ntfy.server, authorization(self.ntfy))

    def _attempt(self, doing: str, *, reading: bool) -> Attempt:
        ntfy = self.ntfy
        login = faults.READ_TOKEN if reading and ntfy.read_token else faults.TOKEN if ntfy.token else ""
        return Attempt(doing, login or (faults.PASSWORD if ntfy.user and ntfy.password else ""))

    def run(self) -> Finding:
        reading = self._attempt("read", reading=True)
        try:
            with self._reader.lines(f"/{self._topic}/json", self.step) as (head, lines):
                if head.status == 200:
                    return self._publish_and_wait(_events(lines), reading)
                refused = replace(head, body=b"".join(lines))
        except UnreachableError as error:
            return faults.unreachable(error, reading)
        if (refused.data or {}).get("code") == 40301 and not self.ntfy.read_token:
            return self._publish_only()
        return faults.refusal(refused, reading)

    def _publish_and_wait(self, events: Iterator[dict[str, Any]], reading: Attempt) -> Finding:
        if next(events, {}).get("event") != "open":
            return faults.not_ntfy(reading)
        started = time.monotonic()
        sent = self._publish()
        if isinstance(sent, Finding):
            return sent
        try:
            streamed = any(each.get("id") == sent["id"] for each in events if each.get("event") == "message")
        except UnreachableError:
            streamed = False
        milliseconds = round((time.monotonic() - started) * 1000)
        kept = self._remembered(sent["id"])
        if isinstance(kept, Finding):
            return kept
        if not streamed:
            place = "in the server's memory only" if kept else "nowhere"
            text = f"published, and found {place}: the open stream brought nothing; does a proxy hold it back?"
            return Finding(faults.CHECK, "ntfy.not-streamed", "failed", text, faults.AFFECTS, (faults.LATER,))
        if not kept:
            text = f"sent and seen in {milliseconds} ms, but the server keeps no messages"
            affects = "a phone that is offline misses them"
            return Finding(faults.CHECK, "ntfy.not-remembered", "warning", text, affects, (faults.SERVER,))
        return self._delivered(f"sent and read back in {milliseconds} ms")

    def _publish_only(self) -> Finding:
        sent = self._publish()
        if isinstance(sent, Finding):
            return sent
        quota, _ = self._quota()
        text = _sentence(f"accepted by the server (id {sent['id']})", _UNREAD, quota, _SUBSCRIBE)
        affects = "whether it can be read is not proved; a token that may read proves it"
        return Finding(faults.CHECK, "ntfy.write-only", "warning", text, affects, (faults.READ_TOKEN,))

    def _delivered(self, text: str) -> Finding:
        quota, few = self._quota()
        sentence = _sentence(text, quota, _SUBSCRIBE)
        if few:
            affects = "when they are used up, nothing reaches the phone until 00:00 UTC"
            return Finding(faults.CHECK, "ntfy.few-left", "warning", sentence, affects, (faults.SERVER,))
        return Finding(faults.CHECK, "ntfy.delivered", "ok", sentence)

    def _publish(self) -> dict[str, Any] | Finding:
        attempt = self._attempt("publish", reading=False)
        message = {
            "topic": self._topic,
            "title": "opencode-unattended",
            "message": f"Test notification {generate(40)}",
            "priority": self.priority,
            "tags": ["wave"],
        }
        try:
            answer = self._publisher.post_json("/", message, self.step)
        except UnreachableError as error:
            return faults.unreachable(error, attempt)
        data = answer.data
        if answer.status != 200 or data is None or data.get("message") != message["message"] or not data.get("id"):
            return faults.refusal(answer, attempt)
        return data

    def _remembered(self, identifier: str) -> bool | Finding:
        attempt = self._attempt("read back", reading=True)
        try:
            answer = self._reader.get(f"/{self._topic}/json?poll=1&since=2m", self.step)
        except UnreachableError as error:
            return faults.unreachable(error, attempt)
        if answer.status != 200:
            return faults.refusal(answer, attempt)
        return any(each.get("id") == identifier for each in _events(iter(answer.body.splitlines())))

    def _quota(self) -> tuple[str, bool]:
        """Return what is left of the day's messages and whether that is little; '' where the server does not say."""
        try:
            data = self._publisher.get("/v1/account", self.step).data or {}
            limit, left = int(data["limits"]["messages"]), int(data["stats"]["messages_remaining"])
        except (UnreachableError, KeyError, TypeError, ValueError, OverflowError):
            return "", False
        return f"{left:,} of {limit:,} messages left today", left < limit * FEW_LEFT


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _events(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event
