"""One proof, with waits short enough for tests."""

import re
from typing import Any

from installer.events import Finding
from installer.roles.ntfy.checks import QUIET
from installer.roles.ntfy.config import NtfyConfig
from installer.roles.ntfy.roundtrip import roundtrip
from installer.secrets import Secret

TOPIC = "alerts"
STEP = 0.6
WHOLE = 2.0


def prove(
    server: str,
    *,
    topic: str = TOPIC,
    priority: int = QUIET,
    user: str | None = None,
    step: float = STEP,
    whole: float = WHOLE,
    **secrets: str,
) -> Finding:
    """Run the proof against a server; token, password and read_token are given as text."""
    hidden: dict[str, Any] = {name: Secret(text) for name, text in secrets.items()}
    ntfy = NtfyConfig(server=server, topic=Secret(topic), user=user, **hidden)
    return roundtrip(ntfy, priority, step=step, whole=whole)


def complete(found: Finding) -> None:
    """Assert that a failure says what happened, what suffers and a command that exists."""
    assert found.status in ("failed", "warning")
    assert found.text
    assert found.affects
    assert found.fix
    for each in found.fix:
        assert re.match(r"(REQUESTS_CA_BUNDLE=FILE )?installer (apply --ntfy-[a-z-]+ \S+|test)$|env \|", each), each
