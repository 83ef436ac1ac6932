"""The last notification of `opencode run` arrives, although opencode ends 0.1 s after its session is idle."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from e2e.stage import GRACE, TOPIC, install_control
from support.ntfy import Account, RealNtfy
from support.opencode import Home
from support.processes import wait_for
from support.tls import TlsProxy

# A round trip over a mobile network.
HANDSHAKE = 0.3


@pytest.fixture(scope="module")
def secure(ntfy: RealNtfy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsProxy]:
    """The ntfy server behind TLS with a slow handshake."""
    with TlsProxy(ntfy.port, tmp_path_factory.mktemp("tls"), handshake_delay=HANDSHAKE) as proxy:
        yield proxy


def settings(server: str, topic: str = TOPIC, **more: str) -> Mapping[str, Any]:
    return {"ntfy": {"server": server, "topic": topic, **more}, "graceSeconds": GRACE}


def trusting(proxy: TlsProxy) -> dict[str, str]:
    return {"NODE_EXTRA_CA_CERTS": str(proxy.ca_file)}


@pytest.mark.parametrize(
    ("prompt", "title", "code"),
    [
        ("[[ok]]", "done", 0),
        ("[[401]]", "error", 1),
        ("[[task [[ok]]]]", "done", 0),
    ],
)
def test_one_notification_over_slow_tls(
    prompt: str, title: str, code: int, make: Callable[..., Home], ntfy: RealNtfy, secure: TlsProxy
) -> None:
    home = make(**trusting(secure))
    home.install_plugin(settings(secure.url, topic="tls"))
    before = len(ntfy.messages("tls"))
    finished = home.run(home.project("p"), prompt)
    assert ntfy.titles("tls")[before:] == [f"p · {title}"]
    assert finished.code == code


def test_the_usual_plugin_loses_it_over_slow_tls(make: Callable[..., Home], ntfy: RealNtfy, secure: TlsProxy) -> None:
    home = make(**trusting(secure))
    install_control(home, secure.url)
    before = len(ntfy.messages(TOPIC))
    finished = home.run(home.project("p"), "[[ok]]")
    assert finished.code == 0
    assert len(ntfy.messages(TOPIC)) == before


def test_the_usual_plugin_works_without_tls(make: Callable[..., Home], ntfy: RealNtfy) -> None:
    """The loss above is the handshake's doing, not the harness's."""
    home = make()
    install_control(home, ntfy.url)
    before = len(ntfy.messages(TOPIC))
    home.run(home.project("p"), "[[ok]]")
    wait_for(lambda: len(ntfy.messages(TOPIC)) == before + 1, "the notification", seconds=5)


def test_a_permission_that_run_rejects_by_itself_is_no_news(make: Callable[..., Home], ntfy: RealNtfy) -> None:
    home = make()
    home.install_plugin(settings(ntfy.url, topic="rejected"))
    finished = home.run(home.project("p", ask=["bash"]), "[[bash]]")
    assert "auto-rejecting" in finished.output
    assert ntfy.titles("rejected") == ["p · done"]


def test_what_is_sent(make: Callable[..., Home], ntfy: RealNtfy) -> None:
    home = make()
    home.install_plugin(settings(ntfy.url, topic="look", content="minimal"))
    home.run(home.project("projet d'été 🚀"), "[[401]] s3cret prompt")
    [message] = ntfy.messages("look")
    assert message["title"] == "projet d'été 🚀 · error"
    assert message["priority"] == 4
    assert message["tags"] == ["rotating_light"]
    assert message["message"] == "The agent stopped with an error."
    text = json.dumps(message, ensure_ascii=False)
    assert "s3cret" not in text
    assert str(home.path) not in text


def test_logins(make: Callable[..., Home], tmp_path: Path) -> None:
    """A publisher that may write but not read, by token and by password; a wrong one harms nothing."""
    publisher = Account("publisher", {"alerts": "wo"})
    phone = Account("phone", {"alerts": "ro"})
    with RealNtfy(tmp_path / "ntfy", accounts=[publisher, phone], reader=phone) as server:
        home = make()
        project = home.project("p")
        for login in (
            {"token": publisher.token},
            {"user": publisher.name, "password": publisher.password},
            {"user": publisher.name, "password": "wrong"},
        ):
            home.install_plugin(settings(server.url, topic="alerts", **login))
            assert home.run(project, "[[ok]]").code == 0
        assert server.titles("alerts") == ["p · done"] * 2
