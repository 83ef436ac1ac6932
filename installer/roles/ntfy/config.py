"""The keys of the `ntfy` section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from installer.addresses import is_loopback
from installer.roles.channel import ChannelConfig
from installer.secrets import Secret, generate
from installer.settings import setting

# https://docs.ntfy.sh/publish/ and server/server.go of ntfy 2.13: the pattern, and the names its routes use.
TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
RESERVED_TOPICS = frozenset(
    ("docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1")
)
_UNFIT = re.compile(r"[\s\x00-\x20\x7f\\]|\.\.")


def check_server(value: str) -> str:
    """Return what is wrong with a server's address, or ''."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme not in ("http", "https") or not host or _UNFIT.search(value):
        return "must look like https://ntfy.sh"
    if parts.username is not None or parts.password is not None:
        return "must not carry credentials; give ntfy.token, or ntfy.user and ntfy.password"
    if parts.query or parts.fragment:
        return "must be the bare address of the server, without ? or #"
    if parts.path not in ("", "/"):
        return "must be the bare address of the server; the topic is a key of its own (ntfy.topic)"
    return ""


def check_topic(value: Secret) -> str:
    """Return what is wrong with a topic, or ''; the topic itself is never part of the answer."""
    topic = value.reveal()
    if not TOPIC.fullmatch(topic):
        return "must be 1 to 64 of the characters A-Z a-z 0-9 - and _"
    if topic in RESERVED_TOPICS:
        return "is a name that the ntfy server keeps for itself"
    return ""


def check_credential(value: Secret) -> str:
    """Return what is wrong with a token or password, or ''."""
    text = value.reveal()
    if not text or any(ord(each) < 32 or ord(each) == 127 for each in text):
        return "must be one line of text"
    return ""


def check_token(value: Secret) -> str:
    """Return what is wrong with an access token, or ''."""
    text = value.reveal()
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        return "must be one word, like tk_…"
    return ""


def check_user(value: str) -> str:
    """Return what is wrong with a user name, or ''; HTTP Basic cannot carry a colon there (RFC 7617)."""
    return "" if re.fullmatch(r"[^:\x00-\x1f\x7f]+", value) else "must be a name without ':' and control characters"


def new_topic() -> str:
    """Return a topic nobody can guess (130 random bits): on a public server the name is the password."""
    return f"oc-{generate(130)}"


@dataclass(frozen=True)
class NtfyConfig(ChannelConfig):
    """How notifications reach the phone."""

    server: str = setting(
        "https://ntfy.sh",
        "Address of the ntfy server",
        check=check_server,
        example="https://ntfy.sh",
        question="Which ntfy server?",
    )
    topic: Secret | None = setting(
        None,
        "Topic to publish to; it is a password for reading and writing, so a random one is made if none is given",
        "secret",
        check=check_topic,
        generate=new_topic,
        question="Topic (empty: keep or make a random one)",
    )
    token: Secret | None = setting(
        None,
        "Access token of the account that publishes",
        "secret",
        check=check_token,
        bound_to="server",
        example="tk_…",
    )
    user: str | None = setting(
        None, "User name, where the server has no tokens", check=check_user, goes_with="password", bound_to="server"
    )
    password: Secret | None = setting(
        None, "Password of that user", "secret", check=check_credential, goes_with="user", bound_to="server"
    )
    read_token: Secret | None = setting(
        None,
        "Token that may read the topic, for proving delivery where the publishing account may only write",
        "secret",
        check=check_token,
        bound_to="server",
    )

    def for_plugin(self) -> dict[str, Any]:
        """Return this channel's object in `notify.json`; a token wins over a password."""
        given = {**super().for_plugin(), "server": self.server.rstrip("/"), "topic": ""}
        if self.topic:
            given["topic"] = self.topic.reveal()
        if self.token:
            given["token"] = self.token.reveal()
        elif self.user and self.password:
            given |= {"user": self.user, "password": self.password.reveal()}
        return given

    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong with the keys together: (key, text)."""
        has_credentials = self.token or self.password or self.read_token
        if has_credentials and self.server.lower().startswith("http:") and not is_loopback(self.server):
            return [("server", "would send the credentials in clear text over http; use https://")]
        return []
