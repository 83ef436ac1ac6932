"""What all ways to a person elsewhere have in common: their rules, and their part of the plugin's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from installer.addresses import is_loopback
from installer.settings import setting

EVENTS = ("done", "error", "stuck", "permission", "question")
CONTENTS = ("minimal", "summary", "full")
LONGEST_TURN_SECONDS = 86_400


def check_events(value: tuple[str, ...]) -> str:
    """Return what is wrong with a list of events, or ''."""
    unknown = [each for each in value if each not in EVENTS]
    return f"must be some of {', '.join(EVENTS)}" if unknown or not value else ""


def check_seconds(value: int) -> str:
    """Return what is wrong with a turn's length in seconds, or ''."""
    return "" if value <= LONGEST_TURN_SECONDS else f"must be at most {LONGEST_TURN_SECONDS} (a day)"


def check_address(value: str) -> str:
    """Return what is wrong with an address that secrets are sent to, or ''."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    # A backslash is a slash to the plugin, so it would name another host there.
    if not host or "\\" in value or parts.scheme not in ("http", "https"):
        return "must be an https:// address"
    if parts.scheme == "http" and not is_loopback(value):
        return "would send secrets in clear text; use https://"
    return ""


@dataclass(frozen=True)
class ChannelConfig:
    """The rules that every way to a person has; what is not set is left to the plugin."""

    events: tuple[str, ...] | None = setting(
        None, f"What is sent this way, of: {', '.join(EVENTS)} (not set: all)", "list", check=check_events
    )
    min_seconds: int | None = setting(
        None, '"done" is sent only of turns that took at least so many seconds', "number", check=check_seconds
    )
    content: str | None = setting(
        None,
        "How much is said; not set: summary on machines of your own, else minimal",
        choices=CONTENTS,
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`."""
        return rules(self.events, self.min_seconds, self.content)


def rules(events: tuple[str, ...] | None, min_seconds: int | None, content: str | None) -> dict[str, Any]:
    """Return the rules that are set, by the plugin's names."""
    given = {"events": list(events) if events else None, "minSeconds": min_seconds, "content": content}
    return {name: value for name, value in given.items() if value is not None}
