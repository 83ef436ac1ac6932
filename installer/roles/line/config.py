"""The keys of the `line` section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from installer.roles.channel import ChannelConfig
from installer.secrets import Secret
from installer.settings import setting


def check_token(value: Secret) -> str:
    """Return what is wrong with a channel access token, or ''."""
    return "" if re.fullmatch(r"[\x21-\x7e]+", value.reveal()) else "must be one word"


def check_to(value: str) -> str:
    """Return what is wrong with a recipient's id, or ''."""
    return "" if re.fullmatch(r"[UCR][0-9a-f]{32}", value) else "must be U, C or R and 32 hexadecimal digits"


@dataclass(frozen=True)
class LineConfig(ChannelConfig):
    """How notifications reach LINE: https://developers.line.biz/en/reference/messaging-api/#send-push-message."""

    token: Secret | None = setting(
        None,
        "Channel access token of your LINE Official Account's Messaging API",
        "secret",
        required=True,
        check=check_token,
        question="LINE channel access token",
    )
    to: str | None = setting(
        None,
        "User (U…), group (C…) or room (R…) that is written to",
        required=True,
        check=check_to,
        question="LINE user, group or room id",
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`."""
        return {**super().for_plugin(), "token": self.token.reveal() if self.token else "", "to": self.to}
