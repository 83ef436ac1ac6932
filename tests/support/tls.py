"""A TLS front with a certificate authority of its own."""

import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import trustme


class TlsProxy:
    """Speaks TLS on loopback and passes the bytes on to a plain port, for as long as the block lasts.

    handshake_delay (seconds) passes before the server answers the client's hello; `ca_file` is what clients trust and
    `connections` the time.monotonic() of each connection.
    """

    def __init__(self, target_port: int, folder: Path, *, handshake_delay: float = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.ca_file = folder / "ca.pem"
        self.connections: list[float] = []
        self._target = ("127.0.0.1", target_port)
        self._delay = handshake_delay
        self._closing = threading.Event()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # A close alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(time.monotonic())
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            if self._closing.wait(self._delay):
                return
            client.settimeout(30)
            with (
                suppress(OSError),
                self._context.wrap_socket(client, server_side=True) as secure,
                socket.create_connection(self._target, timeout=30) as target,
            ):
                back = threading.Thread(target=_pump, args=(target, secure), daemon=True)
                back.start()
                _pump(secure, target)
                back.join(timeout=30)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
