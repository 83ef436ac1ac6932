"""The keys of the `discord` section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from installer.roles.channel import ChannelConfig, check_address
from installer.secrets import Secret
from installer.settings import setting


def check_webhook(value: Secret) -> str:
    """Return what is wrong with a webhook's address, or ''."""
    return check_address(value.reveal())


@dataclass(frozen=True)
class DiscordConfig(ChannelConfig):
    """How notifications reach a Discord channel: https://discord.com/developers/docs/resources/webhook."""

    webhook: Secret | None = setting(
        None,
        "Address of the channel's webhook (channel settings, Integrations); whoever knows it can write there",
        "secret",
        required=True,
        check=check_webhook,
        question="Address of the Discord webhook",
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`."""
        return {**super().for_plugin(), "webhook": self.webhook.reveal() if self.webhook else ""}
