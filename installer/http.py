"""HTTP to the outside; the only importer of requests. Proxies are honoured, loopback bypasses them, waits end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from installer import __version__

if TYPE_CHECKING:
    import requests

# ntfy.sh and others refuse the default names of Python's clients with "error code: 1010" (dannymcc/may#202).
USER_AGENT = f"opencode-unattended/{__version__}"
CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 1024 * 1024

Fault = Literal["refused", "name", "time", "tls", "proxy", "torn", "address"]


class UnreachableError(Exception):
    """No whole answer came; `fault` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer; `data` is its JSON object, or None where it is not one."""

    status: int
    body: bytes
    location: str = ""

    @property
    def data(self) -> dict[str, Any] | None:
        """The answer as a JSON object, if it is one."""
        try:
            data = json.loads(self.body)
        except ValueError:
            return None
        return data if isinstance(data, dict) else None


class Client:
    """Speaks to one server with one set of credentials (the whole `Authorization` value, '' for none)."""

    def __init__(self, base: str, authorization: str = "") -> None:
        self._base = base.rstrip("/")
        self._authorization = authorization

    def get(self, path: str, seconds: float) -> Answer:
        """Return the answer to a GET. Raise UnreachableError if there is none within the time."""
        return self._ask("GET", path, seconds, None)

    def post_json(self, path: str, data: Mapping[str, Any], seconds: float) -> Answer:
        """Return the answer to a POST of JSON as UTF-8: escapes would triple Thai text. Raise UnreachableError."""
        return self._ask("POST", path, seconds, json.dumps(data, ensure_ascii=False).encode())

    def _ask(self, method: str, path: str, seconds: float, body: bytes | None) -> Answer:
        deadline = time.monotonic() + seconds
        with self._open(method, path, seconds, body) as response:
            content = b"".join(_chunks(response, deadline, LARGEST_ANSWER))
            return Answer(response.status_code, content, response.headers.get("location", ""))

    @contextmanager
    def lines(self, path: str, seconds: float) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Open a stream and give its status and lines as they arrive. Raise UnreachableError, also while iterating."""
        deadline = time.monotonic() + seconds
        with self._open("GET", path, seconds, None) as response:
            yield response.status_code, _lines(_chunks(response, deadline, LARGEST_ANSWER))

    @contextmanager
    def _open(self, method: str, path: str, seconds: float, body: bytes | None) -> Iterator[requests.Response]:
        import requests

        session = requests.Session()
        session.auth = self._authorize
        if is_loopback(self._base):
            session.trust_env = False
        headers = {"User-Agent": USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        with _translated(), session:
            response = session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                stream=True,
                allow_redirects=False,
            )
            with response:
                yield response

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set our own credentials or none: without this, requests would take some from ~/.netrc."""
        if self._authorization:
            request.headers["Authorization"] = self._authorization
        return request


def is_loopback(url: str) -> bool:
    """Tell whether a URL points at this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _chunks(response: requests.Response, deadline: float, largest: int) -> Iterator[bytes]:
    """Give the body as it arrives. Raise UnreachableError at the deadline or past the size."""
    size = 0
    with _translated():
        for chunk in response.iter_content(chunk_size=None):
            size += len(chunk)
            if size > largest:
                raise UnreachableError("torn", f"the answer is longer than {largest:,} bytes")
            yield chunk
            if time.monotonic() > deadline:
                raise UnreachableError("time", "the answer did not end in time")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what requests raises into UnreachableError."""
    import requests
    from urllib3.exceptions import NameResolutionError

    try:
        yield
    except requests.exceptions.ProxyError as error:
        raise UnreachableError("proxy", "the proxy refused or could not be reached") from error
    except requests.exceptions.SSLError as error:
        raise UnreachableError("tls", f"the encrypted connection failed: {_root(error)}") from error
    except requests.exceptions.Timeout as error:
        raise UnreachableError("time", "no answer came in time") from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise UnreachableError("torn", "the connection broke in the middle of the answer") from error
    except requests.exceptions.ConnectionError as error:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NameResolutionError):
            raise UnreachableError("name", "the server's name is not known to DNS") from error
        if "Read timed out" in str(error):
            raise UnreachableError("time", "no answer came in time") from error
        raise UnreachableError("refused", f"no connection: {_root(error)}") from error
    except requests.exceptions.RequestException as error:
        raise UnreachableError("address", f"the address cannot be used: {_root(error)}") from error


def _root(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return str(error).strip() or type(error).__name__
