"""The keys of the `telegram` section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from installer.roles.channel import ChannelConfig
from installer.secrets import Secret
from installer.settings import setting


def check_token(value: Secret) -> str:
    """Return what is wrong with a bot's token, or ''."""
    return "" if re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.reveal()) else "must look like 123456:ABC-DEF"


def check_chat(value: str) -> str:
    """Return what is wrong with a chat's id, or ''."""
    return "" if re.fullmatch(r"-?\d+|@\w+", value) else "must be a number, or @name of a public channel"


@dataclass(frozen=True)
class TelegramConfig(ChannelConfig):
    """How notifications reach a Telegram chat: https://core.telegram.org/bots/api#sendmessage."""

    token: Secret | None = setting(
        None,
        "Token of your bot, from @BotFather",
        "secret",
        required=True,
        check=check_token,
        question="Token of the Telegram bot",
    )
    chat: str | None = setting(
        None,
        "Chat the bot writes to: its number, or @name; the bot must have been written to first",
        required=True,
        check=check_chat,
        question="Id of the Telegram chat",
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`."""
        return {**super().for_plugin(), "token": self.token.reveal() if self.token else "", "chat": self.chat}
