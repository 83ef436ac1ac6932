"""Whatever the ntfy server does, sessions run on as if nothing had happened."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.stage import GRACE, TOPIC, install_control
from support.faulty import Behaviour, FaultyServer, answer_json, hang, page, refusal, torn
from support.opencode import Home
from support.processes import free_port
from support.serve import Serve
from support.tls import TlsProxy

# The time limit of one delivery, which is also the longest that the plugin keeps opencode from ending.
DELIVERY = 5.0
FAULTS = {
    "black hole": hang,
    "request limit": refusal(429, 42901, "limit reached: too many requests"),
    "daily quota": refusal(429, 42908, "limit reached: daily message quota reached"),
    "server error": refusal(500, 50001, "internal server error"),
    "wrong token": refusal(401, 40101, "unauthorized"),
    "forbidden": refusal(403, 40301, "forbidden"),
    "page of a proxy": page(502),
    "redirect": lambda exchange: exchange.answer(302, b"", "text/html"),
    "torn answer": torn(
        [b'{"id":"abc'],
    ),
    "cut connection": lambda exchange: None,
    "no JSON": page(200, "Welcome to the hotel's network"),
    "wrong JSON": answer_json([]),
}
FAULTS_OF_RUN = {name: FAULTS[name] for name in ("black hole", "request limit", "server error", "cut connection")}


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server whose behaviour each test sets."""
    with FaultyServer() as faulty:
        yield faulty


@pytest.fixture
def home(make: Callable[..., Home], server: FaultyServer) -> Home:
    """A home whose plugin publishes to that server; each has its own, since a failed message is kept for later."""
    home = make()
    home.install_plugin({"ntfy": {"server": server.url, "topic": TOPIC}, "graceSeconds": GRACE})
    return home


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_served_session_does_not_notice(fault: Behaviour, server: FaultyServer, home: Home) -> None:
    server.default = fault
    with Serve(home) as serve:
        session = serve.open(home.project("p"))
        session.turn("[[ok]]")
        serve.quiet(0.4)
        started = time.monotonic()
        for prompt in ("[[401]]", "[[ok]]"):
            session.turn(prompt)
            # opencode 1.18.33 never runs a prompt that comes between the two idles of a failed turn.
            serve.quiet(0.4)
        assert time.monotonic() - started < DELIVERY
        assert server.requests
        assert serve.process.poll() is None
        assert_nothing_printed(serve)


@pytest.mark.parametrize("fault", FAULTS_OF_RUN.values(), ids=FAULTS_OF_RUN.keys())
def test_run_ends_in_time(fault: Behaviour, server: FaultyServer, home: Home) -> None:
    server.default = fault
    finished = home.run(home.project("p"), "[[ok]]")
    assert finished.code == 0
    assert "Here you are." in finished.output
    assert "rror" not in finished.output
    assert finished.ended - server.requests[0].at < DELIVERY + 1


def test_run_ends_in_time_when_tls_never_starts(make: Callable[..., Home], tmp_path: Path) -> None:
    with FaultyServer() as behind, TlsProxy(behind.port, tmp_path, handshake_delay=60) as proxy:
        home = make(NODE_EXTRA_CA_CERTS=str(proxy.ca_file))
        home.install_plugin({"ntfy": {"server": proxy.url, "topic": TOPIC}})
        started = time.monotonic()
        finished = home.run(home.project("p"), "[[ok]]", seconds=40)
    assert finished.code == 0
    assert finished.ended - proxy.connections[0] < DELIVERY + 1
    assert finished.ended - started > DELIVERY


@pytest.mark.parametrize("server_url", ["http://127.0.0.1:{port}", "http://no-such-host.invalid"])
def test_run_with_a_server_that_is_not_there(server_url: str, make: Callable[..., Home]) -> None:
    home = make()
    url = server_url.format(port=free_port())
    home.install_plugin({"ntfy": {"server": url, "topic": TOPIC}})
    finished = home.run(home.project("p"), "[[ok]]", seconds=30)
    assert finished.code == 0
    assert "Here you are." in finished.output


def test_the_usual_plugin_is_heard_when_it_fails(make: Callable[..., Home]) -> None:
    """Opencode prints what a plugin throws, so that the silence above means something."""
    home = make()
    install_control(home, f"http://127.0.0.1:{free_port()}")
    with Serve(home) as serve:
        serve.open(home.project("p")).turn("[[ok]]")
        serve.quiet(1)
        with pytest.raises(AssertionError):
            assert_nothing_printed(serve)


def assert_nothing_printed(serve: Serve) -> None:
    lines = serve.log.read_text().splitlines()
    assert [
        line for line in lines if "is not set; server is unsecured" not in line and "listening on" not in line
    ] == []
