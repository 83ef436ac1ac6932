"""An HTTP server on a real socket that shows the faults a healthy ntfy server cannot be made to show."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeAlias


@dataclass(frozen=True)
class Request:
    """A request that the server received; at is time.monotonic()."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Exchange:
    """One request and the means to answer it badly."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: Request, closing: threading.Event) -> None:
        self.request = request
        self.closing = closing
        self._handler = handler

    def answer(self, status: int, body: bytes, content_type: str) -> None:
        """Send a whole, well-formed answer."""
        self.start(status, content_type, length=len(body))
        self.send(body)

    def start(self, status: int, content_type: str, *, length: int | None = None) -> None:
        """Send the status line and the headers; without a length the body ends with the connection."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Connection", "close")
        if length is not None:
            self._handler.send_header("Content-Length", str(length))
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        """Send raw bytes of the body now."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()


Behaviour: TypeAlias = Callable[[Exchange], None]


def hang(exchange: Exchange) -> None:
    """Accept the request and never answer."""
    exchange.closing.wait()


def page(status: int, text: str = "<html><body>Attention Required! | Cloudflare</body></html>") -> Behaviour:
    """Answer with the HTML page of a proxy in front of the server."""
    return lambda exchange: exchange.answer(status, text.encode(), "text/html")


def refusal(http: int, code: int, error: str) -> Behaviour:
    """Answer with an error body as ntfy writes it."""
    body = {"code": code, "http": http, "error": error, "link": "https://ntfy.sh/docs/"}
    return answer_json(body, status=http)


def answer_json(body: object, *, status: int = 200) -> Behaviour:
    """Answer with JSON."""
    return lambda exchange: exchange.answer(status, json.dumps(body).encode() + b"\n", "application/json")


def torn(chunks: Iterable[bytes]) -> Behaviour:
    """Start a stream, send the chunks and cut the connection."""
    chunks = tuple(chunks)

    def behave(exchange: Exchange) -> None:
        exchange.start(200, "application/x-ndjson", length=sum(map(len, chunks)) + 1000)
        for chunk in chunks:
            exchange.send(chunk)

    return behave


def late(seconds: float, then: Behaviour) -> Behaviour:
    """Wait before behaving."""

    def behave(exchange: Exchange) -> None:
        if not exchange.closing.wait(seconds):
            then(exchange)

    return behave


class FaultyServer:
    """A server that lives as long as the block and behaves as told for each method and path.

    `default`, which may be set anew, behaves where `on` says nothing; the longest matching path prefix wins.
    For TLS put a TlsProxy in front.
    """

    def __init__(self, default: Behaviour = hang) -> None:
        self.requests: list[Request] = []
        self.default = default
        self._behaviours: dict[tuple[str, str], Behaviour] = {}
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self._behave))
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def on(self, method: str, path: str, behaviour: Behaviour) -> Self:
        """Behave so for the method and every path that starts like this."""
        self._behaviours[method, path] = behaviour
        return self

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _behave(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.command, handler.path, headers, handler.rfile.read(length), time.monotonic())
        self.requests.append(request)
        matching = [
            (len(path), behaviour)
            for (method, path), behaviour in self._behaviours.items()
            if method == request.method and request.path.startswith(path)
        ]
        behaviour = max(matching, key=lambda each: each[0])[1] if matching else self.default
        behaviour(Exchange(handler, request, self._closing))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that gives up on a faulty server is what the tests are about."""


def _handler(behave: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _any(self) -> None:
            self.close_connection = True
            behave(self)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815 # names that the base class looks for

    return Handler
