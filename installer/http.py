"""HTTP to the outside; the only importer of requests. Proxies are honoured, loopback bypasses them, waits end."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from installer import __version__
from installer.addresses import is_loopback

if TYPE_CHECKING:
    import requests

# ntfy.sh and others refuse the default names of Python's clients with "error code: 1010" (dannymcc/may#202).
USER_AGENT = f"opencode-unattended/{__version__}"
CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 1024 * 1024
_CHUNK = 64 * 1024

Result = TypeVar("Result")

Fault = Literal["refused", "name", "time", "certificate", "tls", "proxy", "torn", "address"]


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
        except (ValueError, RecursionError):
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
    def lines(self, path: str, seconds: float) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open a stream and give its head and its lines as they arrive; each may take the seconds.

        Raise UnreachableError, also while iterating.
        """
        with self._open("GET", path, seconds, None) as response:
            head = Answer(response.status_code, b"", response.headers.get("location", ""))
            yield head, _lines(_chunks(response, math.inf, LARGEST_ANSWER))

    @contextmanager
    def _open(self, method: str, path: str, seconds: float, body: bytes | None) -> Iterator[requests.Response]:
        import requests

        session = requests.Session()
        session.auth = self._authorize
        if is_loopback(self._base):
            session.trust_env = False
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
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


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Return what the work returns. Raise UnreachableError when it takes longer, then leaving it behind.

    Neither a slow name lookup nor a server that sends one header byte at a time ends by a socket's own time limit.
    """
    outcome: list[Result | BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise UnreachableError("time", f"it was not over after {seconds:g} s")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _chunks(response: requests.Response, deadline: float, largest: int) -> Iterator[bytes]:
    """Give the body as it arrives. Raise UnreachableError at the deadline or past the size."""
    size = 0
    with _translated():
        # Not iter_content: where a body ends with the connection it gives nothing before that end.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
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
    """Turn what requests and urllib3 raise into UnreachableError."""
    import requests
    from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

    try:
        yield
    except (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL) as error:
        raise UnreachableError("proxy", f"the proxy refused or could not be reached: {_root(error)}") from error
    except requests.exceptions.SSLError as error:
        raise _tls(error) from error
    except (requests.exceptions.Timeout, ReadTimeoutError) as error:
        raise UnreachableError("time", "no answer came in time") from error
    except (requests.exceptions.ChunkedEncodingError, ProtocolError) as error:
        raise UnreachableError("torn", "the connection broke in the middle of the answer") from error
    except requests.exceptions.ConnectionError as error:
        raise _no_connection(error) from error
    except (requests.exceptions.RequestException, HTTPError) as error:
        if "SOCKS" in str(error):
            raise UnreachableError("proxy", "a SOCKS proxy is set, and this program speaks to HTTP proxies") from error
        raise UnreachableError("address", f"the address cannot be used: {_root(error)}") from error


def _no_connection(error: Exception) -> UnreachableError:
    """Return the fault of a connection that was not made or did not last."""
    from urllib3.exceptions import NameResolutionError, ProtocolError

    cause = error.args[0] if error.args else None
    if isinstance(getattr(cause, "reason", None), NameResolutionError):
        return UnreachableError("name", "the server's name is not known to DNS")
    if "Read timed out" in str(error):
        return UnreachableError("time", "no answer came in time")
    if isinstance(cause, ProtocolError):
        return UnreachableError("torn", "the connection broke before the answer")
    return UnreachableError("refused", f"no connection: {_root(error)}")


def _tls(error: BaseException) -> UnreachableError:
    """Return the fault of an encrypted connection: a certificate that does not hold, or no TLS at all."""
    import ssl

    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLCertVerificationError):
            return UnreachableError("certificate", chain.verify_message)
        chain = chain.__context__
    return UnreachableError("tls", _root(error))


def _root(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return str(error).strip() or type(error).__name__
