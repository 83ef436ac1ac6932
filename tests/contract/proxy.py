"""An HTTP proxy on a real socket that sends every host to one port."""

import socket
import socketserver
import threading
from contextlib import suppress
from typing import Any, Self


class Proxy:
    """A proxy that lives as long as the block; with a login it wants that `user:password` in Basic."""

    def __init__(self, target: int, *, login: bool = False) -> None:
        self.heads: list[str] = []
        handler: Any = self._serve
        self._server = _Server(("127.0.0.1", 0), handler)
        self._target = target
        self._login = login
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, client: socket.socket, *_: Any) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            text = head.decode(errors="replace")
            self.heads.append(text)
            if self._login and "proxy-authorization" not in text.lower():
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self._target), timeout=10) as server:
                if text.startswith("CONNECT "):
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    # An absolute address in the request line is what RFC 9112 asks every server to accept.
                    server.sendall(head)
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join(timeout=10)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
