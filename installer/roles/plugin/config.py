"""The keys of the `plugin` section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from installer.roles.channel import CONTENTS, EVENTS, check_events, check_seconds, rules
from installer.settings import setting

LANGUAGES = ("en", "th")


def check_time(value: str) -> str:
    """Return what is wrong with a time of the day, or ''."""
    return "" if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) else 'must look like "22:00"'


def check_grace(value: int) -> str:
    """Return what is wrong with a grace, or ''."""
    return "" if value <= 3_600 else "must be at most 3600 seconds"


def check_minutes(value: int) -> str:
    """Return what is wrong with a number of minutes, or ''."""
    return "" if value <= 1_440 else "must be at most 1440 (a day)"


def check_attempts(value: int) -> str:
    """Return what is wrong with a number of attempts, or ''."""
    return "" if 1 <= value <= 1_000 else "must be 1 to 1000"


@dataclass(frozen=True)
class PluginConfig:
    """What the notify plugin does on this machine, and the rules that hold for every way to a person."""

    desktop: bool = setting(True, "Show notifications on this machine's desktop", "yes/no")
    desktop_events: tuple[str, ...] | None = setting(
        None, f"What is shown on the desktop, of: {', '.join(EVENTS)} (not set: all)", "list", check=check_events
    )
    desktop_min_seconds: int = setting(
        20, '"done" is shown on the desktop only of turns that took so many seconds', "number", check=check_seconds
    )
    desktop_content: str = setting("summary", "How much is said on the desktop", choices=CONTENTS)
    terminal: bool = setting(False, "Ring the terminal's bell and send it OSC 9 and 777, for ssh and tmux", "yes/no")
    language: str = setting("en", "Language of the notifications", choices=LANGUAGES)
    grace_seconds: int = setting(
        6, "How long a permission or question may be answered before you are told", "number", check=check_grace
    )
    stuck_minutes: int = setting(2, "A turn that retries for so long is stuck", "number", check=check_minutes)
    stuck_attempts: int = setting(6, "A turn that retries so often is stuck", "number", check=check_attempts)
    quiet_from: str | None = setting(
        None,
        '"done" is held back from this time of the day on; prompts and errors are not',
        check=check_time,
        goes_with="quiet_to",
        example='"22:00"',
    )
    quiet_to: str | None = setting(
        None, "… until this time", check=check_time, goes_with="quiet_from", example='"07:00"'
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return these keys as they stand in `notify.json`."""
        shown = rules(self.desktop_events, self.desktop_min_seconds, self.desktop_content)
        given: dict[str, Any] = {
            "language": self.language,
            "graceSeconds": self.grace_seconds,
            "stuck": {"minutes": self.stuck_minutes, "attempts": self.stuck_attempts},
            "desktop": shown if self.desktop else False,
            "terminal": self.terminal,
        }
        if self.quiet_from and self.quiet_to:
            given["quietHours"] = {"from": self.quiet_from, "to": self.quiet_to}
        return given
