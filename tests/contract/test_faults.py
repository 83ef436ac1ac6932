"""What a healthy ntfy server cannot be made to show: every wait ends, and every fault is named for what it is."""

import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from contract.trip import STEP, TOPIC, WHOLE, complete, prove
from installer.events import Finding
from installer.roles.ntfy import roundtrip
from support.faulty import Behaviour, Exchange, FaultyServer, answer_json, hang, late, page, refusal, torn
from support.processes import free_port
from support.tls import TlsProxy

STREAM = f"/{TOPIC}/json"
POLL = f"/{TOPIC}/json?poll=1"
OPEN = b'{"event":"open"}\n'
CLOUDFLARE = "error code: 1010"


def stream(*lines: bytes) -> Behaviour:
    """Open a stream, send the lines and then nothing more."""

    def behave(exchange: Exchange) -> None:
        exchange.start(200, "application/x-ndjson")
        for line in lines:
            exchange.send(line)
        hang(exchange)

    return behave


def echo(exchange: Exchange) -> None:
    """Accept a message as ntfy does."""
    answer_json({"id": "abcdefghijkl", "event": "message", **json.loads(exchange.request.body)})(exchange)


def drip(exchange: Exchange) -> None:
    """Send a header that never ends, a byte at a time."""
    while not exchange.closing.wait(0.1):
        exchange.send(b"x")


def accepting() -> FaultyServer:
    """Return a server on which only what a test sets differs from a healthy one, but whose stream stays silent."""
    return FaultyServer().on("GET", STREAM, stream(OPEN)).on("POST", "/", echo).on("GET", POLL, page(200, ""))


def timed(prove_it: Callable[[], Finding]) -> Finding:
    """Run a proof and assert that it ended in time and says all there is to say."""
    started = time.monotonic()
    found = prove_it()
    assert time.monotonic() - started < WHOLE + 0.5
    complete(found)
    assert found.status == "failed"
    return found


def test_the_whole_proof_takes_at_most_25_seconds() -> None:
    assert roundtrip.WHOLE_SECONDS <= 25
    assert roundtrip.STEP_SECONDS <= 10


def test_nothing_listens() -> None:
    found = timed(lambda: prove(f"http://127.0.0.1:{free_port()}"))
    assert found.code == "ntfy.refused"
    assert "Connection refused" in found.text


def test_a_name_that_dns_does_not_know() -> None:
    found = timed(lambda: prove("https://ntfy.invalid"))
    assert found.code == "ntfy.name"


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (hang, "time", "did not answer in time"),
        (drip, "time", "did not answer in time"),
        (page(403, CLOUDFLARE), "not-ntfy", "HTTP 403"),
        (page(401), "not-ntfy", "login page"),
        (page(407), "proxy", "the proxy wants a login"),
        (page(200), "not-ntfy", "does not speak ntfy's stream"),
        (page(502), "fault", "HTTP 502"),
        (page(503), "fault", "HTTP 503"),
        (answer_json({"code": "forty", "error": []}, status=400), "not-ntfy", "HTTP 400"),
        (answer_json([1]), "not-ntfy", "does not speak"),
        (stream(), "time", "did not answer in time"),
        (stream(b'{"event":"keepalive"}\n'), "not-ntfy", "does not speak"),
        (stream(b"x" * 2_000_000), "torn", "longer than"),
        (torn([b'{"event":']), "torn", "broke in the middle"),
        (lambda exchange: None, "torn", "broke before the answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_on_the_stream(behaviour: Behaviour, code: str, words: str) -> None:
    with FaultyServer(behaviour) as server:
        found = timed(lambda: prove(server.url))
        assert [each.method for each in server.requests] == ["GET"]
    assert found.code == f"ntfy.{code}"
    assert words in found.text
    assert found.text.startswith(("read:", "publish and read back:"))


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (hang, "time", "did not answer in time"),
        (page(403, CLOUDFLARE), "not-ntfy", "HTTP 403"),
        (page(502), "fault", "HTTP 502"),
        (page(200), "not-ntfy", "HTTP 200"),
        (answer_json({}), "not-ntfy", "HTTP 200"),
        (answer_json({"id": "x", "message": "another"}), "not-ntfy", "HTTP 200"),
        (refusal(507, 50701, ""), "50701", "UnifiedPush"),
        (torn([b"{"]), "torn", "broke in the middle"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_on_publishing(behaviour: Behaviour, code: str, words: str) -> None:
    with accepting().on("POST", "/", behaviour) as server:
        found = timed(lambda: prove(server.url))
    assert found.code == f"ntfy.{code}"
    assert found.text.startswith("publish: ")
    assert words in found.text


def test_a_stream_that_opens_and_stays_silent() -> None:
    with accepting() as server:
        found = timed(lambda: prove(server.url))
    assert found.code == "ntfy.not-streamed"
    assert "found nowhere" in found.text


def test_a_proxy_that_holds_the_stream_back() -> None:
    with accepting().on("GET", POLL, answer_json({"id": "abcdefghijkl", "event": "message"})) as server:
        found = timed(lambda: prove(server.url))
    assert found.code == "ntfy.not-streamed"
    assert "in the server's memory only" in found.text


def test_a_stream_that_breaks_after_publishing() -> None:
    with accepting().on("GET", STREAM, torn([OPEN])).on("GET", POLL, page(200, "")) as server:
        found = timed(lambda: prove(server.url))
    assert found.code == "ntfy.not-streamed"


@pytest.mark.parametrize(
    ("behaviour", "code"), [(hang, "time"), (refusal(429, 42901, ""), "42901"), (page(502), "fault")]
)
def test_on_reading_back(behaviour: Behaviour, code: str) -> None:
    message = b'{"event":"message","id":"abcdefghijkl"}\n'
    with accepting().on("GET", STREAM, stream(OPEN, message)).on("GET", POLL, behaviour) as server:
        found = timed(lambda: prove(server.url))
    assert found.code == f"ntfy.{code}"
    assert found.text.startswith("read back: ")


def test_a_server_that_keeps_no_messages() -> None:
    message = b'{"event":"message","id":"abcdefghijkl"}\n'
    with accepting().on("GET", STREAM, stream(OPEN, message)).on("GET", POLL, page(200, "")) as server:
        found = prove(server.url)
    assert (found.code, found.status) == ("ntfy.not-remembered", "warning")
    complete(found)


def test_a_quota_that_does_not_come_is_not_missed() -> None:
    message = b'{"event":"message","id":"abcdefghijkl"}\n'
    remembered = answer_json({"id": "abcdefghijkl", "event": "message"})
    server = accepting().on("GET", STREAM, stream(OPEN, message)).on("GET", POLL, remembered)
    with server.on("GET", "/v1/account", page(404)):
        found = prove(server.url)
    assert (found.code, found.status) == ("ntfy.delivered", "ok")
    assert "messages left" not in found.text


@pytest.mark.parametrize(
    ("location", "words", "fix"),
    [
        (
            "https://ntfy.example.org/alerts/json",
            "to https://ntfy.example.org;",
            "--ntfy-server https://ntfy.example.org",
        ),
        ("/login?next=/alerts/json", "another page of its own", "--ntfy-server https://…"),
    ],
)
def test_a_redirect_is_told_and_not_followed(location: str, words: str, fix: str) -> None:
    def send_on(exchange: Exchange) -> None:
        handler = exchange._handler
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with FaultyServer(send_on) as server:
        found = timed(lambda: prove(server.url, token="tk_abc"))
        assert len(server.requests) == 1
    assert found.code == "ntfy.redirect"
    assert words in found.text
    assert TOPIC not in found.text
    assert found.fix == (f"installer apply {fix}",)


def test_a_slow_handshake_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(refusal(429, 42908, "")) as server, TlsProxy(server.port, tmp_path, handshake_delay=0.4) as front:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(front.ca_file))
        assert prove(front.url).code == "ntfy.42908"


def test_a_handshake_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer() as server, TlsProxy(server.port, tmp_path, handshake_delay=30) as front:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(front.ca_file))
        assert timed(lambda: prove(front.url)).code == "ntfy.time"


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with FaultyServer() as server, TlsProxy(server.port, tmp_path) as front:
        found = timed(lambda: prove(front.url))
        assert not server.requests
    assert found.code == "ntfy.certificate"
    assert "unable to get local issuer certificate" in found.text
    assert "NODE_EXTRA_CA_CERTS" in found.text


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with FaultyServer() as server, TlsProxy(server.port, tmp_path / "tls") as front:
        front._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("ntfy.example.org").configure_cert(front._context)
        found = timed(lambda: prove(front.url))
    assert found.code == "ntfy.certificate"
    assert "127.0.0.1" in found.text


def test_a_server_without_tls_at_an_https_address() -> None:
    with FaultyServer(page(400)) as server:
        found = timed(lambda: prove(server.url.replace("http:", "https:")))
    assert found.code == "ntfy.tls"
    assert "http:// address" in found.text


def test_a_server_that_is_slow_and_right_is_no_fault() -> None:
    message = b'{"event":"message","id":"abcdefghijkl"}\n'
    remembered = answer_json({"id": "abcdefghijkl", "event": "message"})
    server = accepting().on("GET", STREAM, late(STEP / 2, stream(OPEN, message)))
    server.on("GET", POLL, late(STEP / 2, remembered)).on("POST", "/", late(STEP / 2, echo))
    with server.on("GET", "/v1/account", hang):
        assert prove(server.url).status == "ok"


def test_slowness_at_every_step_ends_with_the_whole() -> None:
    with FaultyServer(late(0.5, refusal(403, 40301, ""))).on("POST", "/", late(0.5, echo)) as server:
        found = timed(lambda: prove(server.url, step=1.0, whole=0.8))
    assert found.code == "ntfy.time"
