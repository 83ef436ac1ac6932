"""Where the program comes from: a wheel, an address, the release, the index; and what is refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from install.door import SCRIPT, Machine, refused, succeeded
from install.standin import NAME, VERSION, build_wheel
from support.faulty import Behaviour, FaultyServer, page, torn
from support.tls import TlsProxy


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """Return a server that knows no file yet."""
    with FaultyServer(page(404)) as running:
        yield running


@pytest.fixture(params=["curl", "wget"])
def downloader(request: pytest.FixtureRequest, machine: Machine) -> str:
    """Return the only downloader of the machine."""
    machine.add(request.param)
    return str(request.param)


def file(wheel: Path) -> Behaviour:
    """Answer with the file."""
    return lambda exchange: exchange.answer(200, wheel.read_bytes(), "application/octet-stream")


def redirect(to: str) -> Behaviour:
    """Answer with a redirection."""

    def behave(exchange: object) -> None:
        handler = exchange._handler  # type: ignore[attr-defined]
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def test_version_is_the_packages() -> None:
    """The script installs the version that it lies beside."""
    assert re.findall(r"^VERSION=(.*)$", SCRIPT.read_text(), re.MULTILINE) == [VERSION]


def test_piped_release(machine: Machine, downloader: str, wheel: Path, server: FaultyServer) -> None:
    """Piped, the release's wheel is downloaded from the base address, past any proxy when that is loopback."""
    server.on("GET", f"/v/{NAME}", file(wheel))
    extra = {"OPENCODE_UNATTENDED_BASE_URL": f"{server.url}/v/", "http_proxy": "http://127.0.0.1:9"}
    succeeded(machine.run("--yes", piped=True, extra=extra))
    assert machine.heard()["argv"] == ["--yes"]
    assert [request.path for request in server.requests] == [f"/v/{NAME}"]
    assert not list(machine.data.glob("tmp-*"))


def test_piped_in_a_checkout(machine: Machine, wheel: Path, server: FaultyServer) -> None:
    """Piped, the folder that it happens to run in is not taken for its own."""
    machine.add("curl")
    server.on("GET", f"/{NAME}", file(wheel))
    extra = {"OPENCODE_UNATTENDED_BASE_URL": server.url}
    succeeded(machine.run(piped=True, extra=extra, cwd=SCRIPT.parent))
    assert server.requests


def test_address(machine: Machine, downloader: str, wheel: Path, server: FaultyServer) -> None:
    """--from takes an address, with a query too."""
    server.on("GET", f"/{NAME}", file(wheel))
    succeeded(machine.run("--from", f"{server.url}/{NAME}?raw=1"))


def test_https(machine: Machine, wheel: Path, server: FaultyServer, tmp_path: Path) -> None:
    """Over TLS the certificate is checked."""
    machine.add("curl")
    server.on("GET", f"/{NAME}", file(wheel))
    with TlsProxy(server.port, tmp_path / "tls") as tls:
        refused(machine.run("--from", f"{tls.url}/{NAME}"), 1, "could not download")
        succeeded(machine.run("--from", f"{tls.url}/{NAME}", extra={"CURL_CA_BUNDLE": str(tls.ca_file)}))


def test_no_way_down_from_https(machine: Machine, wheel: Path, server: FaultyServer, tmp_path: Path) -> None:
    """A redirection from https to http is not followed."""
    machine.add("curl")
    server.on("GET", "/plain/", file(wheel)).on("GET", f"/{NAME}", redirect(f"{server.url}/plain/{NAME}"))
    with TlsProxy(server.port, tmp_path / "tls") as tls:
        extra = {"CURL_CA_BUNDLE": str(tls.ca_file)}
        refused(machine.run("--from", f"{tls.url}/{NAME}", extra=extra), 1, "could not download")


@pytest.mark.parametrize("fault", ["404", "page", "torn", "refused"])
def test_download_fails(machine: Machine, downloader: str, wheel: Path, server: FaultyServer, fault: str) -> None:
    """A download that fails is said with the next step and leaves nothing behind."""
    before = machine.tree()
    address = server.url
    if fault == "page":
        server.on("GET", "/", page(200))
    elif fault == "torn":
        server.on("GET", "/", torn([wheel.read_bytes()[:600]]))
    elif fault == "refused":
        address = "http://127.0.0.1:9"
    said = refused(machine.run(piped=True, extra={"OPENCODE_UNATTENDED_BASE_URL": address}), 1, "nothing was installed")
    # A page instead of a wheel is only seen by what unpacks it.
    assert ("could not download" in said and "--from" in said) or fault == "page"
    assert machine.tree() == before


def test_no_downloader(machine: Machine) -> None:
    """Without curl and wget that is said."""
    refused(machine.run("--from", f"http://localhost:9/{NAME}"), 1, "neither curl nor wget is on PATH")


@pytest.mark.parametrize(
    "address",
    [
        f"http://example.com/{NAME}",
        f"http://127.0.0.1.example.com/{NAME}",
        f"http://localhost:80@example.com/{NAME}",
        f"http://localhost.example.com:80/{NAME}",
        f"https://ann:secret@example.com/{NAME}",
        f"http://example.com/?http://127.0.0.1/{NAME}",
        f"ftp://localhost/{NAME}",
        f"file:///tmp/{NAME}",
        f"HTTP://example.com/{NAME}",
        "https://example.com/installer-0.7.0-py3-none-any.whl",
        "https://example.com/",
    ],
)
def test_bad_address(machine: Machine, address: str) -> None:
    """Only https, http only on this machine, no credentials, and only a wheel of ours."""
    before = machine.tree()
    machine.add("curl")
    said = refused(machine.run("--from", address), 2, "install.sh: ")
    assert len(said.splitlines()) == 1
    assert "secret" not in said
    assert machine.tree() == before


def test_bad_base_address(machine: Machine) -> None:
    """The base address obeys the same rule."""
    extra = {"OPENCODE_UNATTENDED_BASE_URL": "http://example.com/releases"}
    refused(machine.run(piped=True, extra=extra), 2, "not https")


def test_bad_file(machine: Machine, tmp_path: Path) -> None:
    """A file that is missing or another project's, and a folder that is no checkout, are refused."""
    other = tmp_path / "installer-0.7.0-py3-none-any.whl"
    other.touch()
    refused(machine.run("--from", tmp_path / "none.whl"), 2, "no file or folder")
    refused(machine.run("--from", other), 2, "not a wheel of opencode-unattended")
    refused(machine.run("--from", tmp_path), 2, "no checkout")
    refused(machine.run("--from"), 2, "needs a path")
    refused(machine.run("--from", other, "--index"), 2, "exclude each other")


def test_no_source(machine: Machine) -> None:
    """Piped, as long as releases have no published place, it says what can be given instead."""
    refused(machine.run(piped=True), 2, "OPENCODE_UNATTENDED_BASE_URL", "--from", "--index")


def test_relative_path(machine: Machine, wheel: Path) -> None:
    """A relative path counts from where the script was started, CDPATH or not."""
    succeeded(machine.run("--from", f"wheels/{NAME}", extra={"CDPATH": "/tmp:/"}))
    succeeded(machine.run("--from", NAME, cwd=wheel.parent))


@pytest.mark.parametrize("maker", ["uv", "venv"])
def test_index(bare: Machine, wheel: Path, server: FaultyServer, maker: str) -> None:
    """--index takes exactly this version from the user's own index."""
    bare.add_python()
    if maker == "uv":
        bare.add_bench("uv")
    newer = build_wheel(wheel.parent, version="9.0.0")
    links = "".join(f'<a href="/files/{each.name}">{each.name}</a>' for each in (wheel, newer))
    server.on("GET", "/simple/opencode-unattended/", page(200, f"<!DOCTYPE html><html><body>{links}</body></html>"))
    server.on("GET", f"/files/{wheel.name}", file(wheel)).on("GET", f"/files/{newer.name}", file(newer))
    extra = {
        "UV_DEFAULT_INDEX": f"{server.url}/simple",
        "PIP_INDEX_URL": f"{server.url}/simple",
        "PIP_EXTRA_INDEX_URL": f"{server.url}/simple",
    }
    assert f"opencode-unattended {VERSION}" in succeeded(bare.run("--index", piped=True, extra=extra))
    assert f"/files/{wheel.name}" in [request.path for request in server.requests]


def test_help(bare: Machine) -> None:
    """--help needs nothing and writes nothing; after -- it is the program's."""
    before = bare.tree()
    result = bare.run("--help", piped=True)
    assert result.returncode == 0
    assert "--uninstall" in result.stdout
    assert bare.tree() == before
