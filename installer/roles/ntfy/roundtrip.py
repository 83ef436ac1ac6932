"""The proof that a notification arrives: subscribe, publish, see it on the stream and in the server's memory."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

from installer.events import Finding
from installer.http import Answer, Client, UnreachableError
from installer.roles.ntfy import faults
from installer.roles.ntfy.config import NtfyConfig
from installer.secrets import generate

SECONDS = 10.0
"""How long each step may take."""
FEW_LEFT = 0.2

_WRITE_ONLY = "not read back: this account may not read (give ntfy.read_token for the full proof)"


def authorization(ntfy: NtfyConfig, *, reading: bool = False) -> str:
    """Return the `Authorization` value for publishing or reading, '' for none; a token wins over a password."""
    token = ntfy.read_token if reading and ntfy.read_token else ntfy.token
    if token:
        return f"Bearer {token.reveal()}"
    if ntfy.user and ntfy.password:
        pair = f"{ntfy.user}:{ntfy.password.reveal()}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return ""


def roundtrip(ntfy: NtfyConfig, priority: int) -> Finding:
    """Publish a nonce and see it arrive; the finding tells the milliseconds and the day's quota."""
    topic = ntfy.topic.reveal() if ntfy.topic else ""
    reader = Client(ntfy.server, authorization(ntfy, reading=True))
    try:
        with reader.lines(f"/{topic}/json", SECONDS) as (status, lines):
            if status == 200:
                return _publish_and_wait(ntfy, topic, priority, reader, lines)
            refused = Answer(status, b"".join(lines))
    except UnreachableError as error:
        return faults.unreachable(error, "read")
    if status == 403 and not ntfy.read_token:
        return _publish_only(ntfy, topic, priority)
    return faults.refusal(refused, "read")


def _publish_and_wait(ntfy: NtfyConfig, topic: str, priority: int, reader: Client, lines: Iterator[bytes]) -> Finding:
    events = _events(lines)
    if next(events, {}).get("event") != "open":
        text = "read: what answers does not speak ntfy's stream; a proxy or another server stands there"
        return Finding(faults.CHECK, "ntfy.not-ntfy", "failed", text, faults.AFFECTS, ("installer config show",))
    started = time.monotonic()
    sent = _publish(ntfy, topic, priority)
    if isinstance(sent, Finding):
        return sent
    try:
        streamed = any(each.get("id") == sent["id"] for each in events if each.get("event") == "message")
        milliseconds = round((time.monotonic() - started) * 1000)
    except UnreachableError:
        streamed, milliseconds = False, 0
    remembered = _remembered(reader, topic, sent["id"])
    if not streamed:
        text = "published, but it did not come back on the open stream; a proxy that buffers may stand in between"
        return Finding(faults.CHECK, "ntfy.not-streamed", "failed", text, faults.AFFECTS, ("installer test",))
    if not remembered:
        text = (
            f"sent and seen in {milliseconds} ms, but the server keeps no messages: a phone that is offline misses them"
        )
        return Finding(faults.CHECK, "ntfy.not-remembered", "warning", text, "phones that sleep", ())
    return _delivered(ntfy, f"sent and read back in {milliseconds} ms", "")


def _publish_only(ntfy: NtfyConfig, topic: str, priority: int) -> Finding:
    sent = _publish(ntfy, topic, priority)
    if isinstance(sent, Finding):
        return sent
    return _delivered(ntfy, f"accepted by the server (id {sent['id']})", _WRITE_ONLY)


def _delivered(ntfy: NtfyConfig, text: str, doubt: str) -> Finding:
    quota, short = _quota(ntfy)
    sentence = "; ".join(each for each in (text, doubt, quota, "subscribe your phone to see it") if each)
    code = "ntfy.write-only" if doubt else "ntfy.few-left" if short else "ntfy.delivered"
    return Finding(faults.CHECK, code, "warning" if doubt or short else "ok", sentence)


def _publish(ntfy: NtfyConfig, topic: str, priority: int) -> dict[str, Any] | Finding:
    message = {
        "topic": topic,
        "title": "opencode-unattended",
        "message": f"Test notification {generate(40)}",
        "priority": priority,
        "tags": ["wave"],
    }
    try:
        answer = Client(ntfy.server, authorization(ntfy)).post_json("/", message, SECONDS)
    except UnreachableError as error:
        return faults.unreachable(error, "publish")
    data = answer.data
    if answer.status != 200 or data is None or data.get("message") != message["message"] or not data.get("id"):
        return faults.refusal(answer, "publish")
    return data


def _events(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _remembered(reader: Client, topic: str, identifier: str) -> bool:
    try:
        answer = reader.get(f"/{topic}/json?poll=1&since=2m", SECONDS)
    except UnreachableError:
        return False
    return any(each.get("id") == identifier for each in _events(iter(answer.body.splitlines())))


def _quota(ntfy: NtfyConfig) -> tuple[str, bool]:
    """Return what is left of the day's messages and whether that is little; '' where the server does not say."""
    try:
        data = Client(ntfy.server, authorization(ntfy)).get("/v1/account", SECONDS).data or {}
        limit, left = int(data["limits"]["messages"]), int(data["stats"]["messages_remaining"])
    except (UnreachableError, KeyError, TypeError, ValueError):
        return "", False
    return f"{left:,} of {limit:,} messages left today", left < limit * FEW_LEFT
