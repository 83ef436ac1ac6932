"""The keys of the `webhook` section."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from installer.roles.channel import ChannelConfig, check_address
from installer.secrets import Secret
from installer.settings import setting


def check_url(value: Secret) -> str:
    """Return what is wrong with the address, or ''."""
    return check_address(value.reveal())


def check_template(value: str) -> str:
    """Return what is wrong with a template, or ''."""
    try:
        json.loads(value)
    except ValueError as error:
        return f"must be JSON: {error}"
    return ""


def check_authorization(value: Secret) -> str:
    """Return what is wrong with a header's value, or ''."""
    text = value.reveal()
    return "" if text.isascii() and text.isprintable() else "must be one line of plain letters, like Bearer …"


@dataclass(frozen=True)
class WebhookConfig(ChannelConfig):
    """How notifications reach anything that takes JSON."""

    url: Secret | None = setting(
        None,
        "Address that gets a POST of JSON; it may hold a token and counts as a secret",
        "secret",
        required=True,
        check=check_url,
        question="Address of the webhook",
    )
    authorization: Secret | None = setting(
        None,
        "Value of the Authorization header",
        "secret",
        check=check_authorization,
        bound_to="url",
        example="Bearer …",
    )
    template: str | None = setting(
        None,
        "JSON that is sent; its strings may hold {event} {title} {body} {project} {click} {at}",
        check=check_template,
        example='{"text": "{title}: {body}"}',
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`."""
        given: dict[str, Any] = {**super().for_plugin(), "url": self.url.reveal() if self.url else ""}
        if self.authorization:
            given["headers"] = {"authorization": self.authorization.reveal()}
        if self.template:
            given["template"] = json.loads(self.template)
        return given
