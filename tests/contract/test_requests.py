"""How the program speaks to the outside: through proxies, as itself, with nobody else's credentials."""

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from contract.proxy import Proxy
from contract.trip import complete, prove
from installer import __version__
from installer.addresses import is_loopback
from installer.http import Client
from support.faulty import FaultyServer, answer_json, page
from support.ntfy import RealNtfy
from support.processes import free_port
from support.tls import TlsProxy

ELSEWHERE = "http://ntfy.example.org"
"""Nothing on loopback, and no name that a test may look up: only a proxy reaches it."""


@pytest.fixture(scope="module")
def ntfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A server where everybody may do everything."""
    with RealNtfy(tmp_path_factory.mktemp("ntfy")) as server:
        yield server


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own proxies away."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_is_used(ntfy: RealNtfy, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with Proxy(ntfy.port) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert prove(ELSEWHERE).code == "ntfy.delivered"
    assert {each.split()[1].startswith(f"{ELSEWHERE}/") for each in proxy.heads} == {True}


def test_https_goes_through_a_tunnel(ntfy: RealNtfy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with TlsProxy(ntfy.port, tmp_path / "tls") as front, Proxy(front.port) as proxy:
        front._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("ntfy.example.org").configure_cert(front._context)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert prove("https://ntfy.example.org").code == "ntfy.delivered"
        assert prove("https://ntfy.example.org", token="tk_secret").code == "ntfy.40101"
    assert proxy.heads
    assert all(each.startswith("CONNECT ntfy.example.org:443 ") for each in proxy.heads)
    assert "tk_secret" not in "".join(proxy.heads)


def test_loopback_bypasses_the_proxy(ntfy: RealNtfy, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(ntfy.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert prove(ntfy.url).code == "ntfy.delivered"
        assert prove(ntfy.url.replace("127.0.0.1", "localhost")).code == "ntfy.delivered"
    assert not proxy.heads


def test_no_proxy_is_heard(ntfy: RealNtfy, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(ntfy.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "ntfy.invalid")
        assert prove("http://ntfy.invalid").code == "ntfy.name"
    assert not proxy.heads


@pytest.mark.parametrize("server", [ELSEWHERE, "https://ntfy.example.org"])
def test_a_proxy_that_wants_a_login(ntfy: RealNtfy, monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    with Proxy(ntfy.port, login=True) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        found = prove(server)
        assert found.code == "ntfy.proxy"
        assert "407" in found.text
        complete(found)
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("://", "://ann:secret@"))
        if server == ELSEWHERE:
            assert prove(server).code == "ntfy.delivered"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}", "http://ann:secret@127.0.0.1:{port}", "nonsense:x:y", "socks5://127.0.0.1:1"]
)
def test_a_proxy_that_is_not_there_is_named_and_its_login_is_not(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", address.format(port=free_port()))
    found = prove(ELSEWHERE)
    assert found.code == "ntfy.proxy"
    assert "secret" not in found.text
    complete(found)


def test_netrc_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("default login ann password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with FaultyServer(page(403)) as server, Proxy(server.port) as proxy:
        prove(server.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        prove(ELSEWHERE)
    assert len(server.requests) == 2
    assert not any("authorization" in each.headers for each in server.requests)


def test_it_says_who_it_is_and_writes_utf_8() -> None:
    with FaultyServer(answer_json({})) as server:
        Client(server.url, "Bearer tk_abc").post_json("/", {"message": "ก" * 1500}, 2)
    (request,) = server.requests
    assert request.headers["user-agent"] == f"opencode-unattended/{__version__}"
    assert request.headers["authorization"] == "Bearer tk_abc"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert len(request.body) < 4600  # ntfy takes 8,192 bytes of JSON; escapes would make 9,000 of it
    assert json.loads(request.body.decode()) == {"message": "ก" * 1500}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80", True),
        ("http://127.1.2.3", True),
        ("http://localhost", True),
        ("http://LOCALHOST:1", True),
        ("http://[::1]:2586", True),
        ("http://127.example.org", False),
        ("http://localhost.example.org", False),
        ("http://192.168.1.1", False),
        ("http://", False),
    ],
)
def test_what_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
