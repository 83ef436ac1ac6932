"""The proof that the user's own opencode loads the plugin: start it, touch an empty folder, see the plugin's mark.

Facts seen on opencode 1.18.33: a plugin is loaded on the first request for a folder, `GET /config?directory=…` is
enough and costs no model call; a request sent just after the port opened can stay unanswered for ever, so every one has
a time limit; a file that does not compile is told only as a `session.error` without session on `/global/event`.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from installer import __version__
from installer.engine.role import Inspection
from installer.engine.system import PRIVATE_DIRECTORY, RealSystem
from installer.events import Finding, Progress
from installer.roles.plugin.facts import MODULES_FOLDER, PluginFacts
from installer.secrets import generate

CHECK = "plugin.loaded"
AFFECTS = "opencode would tell nothing"
START_SECONDS = 30.0
LOAD_SECONDS = 60.0
MARK_SECONDS = 3.0
"""How long after opencode's answer the plugin's mark may still come."""
REQUEST_SECONDS = 2.0
STOP_SECONDS = 5.0
_POLL_SECONDS = 0.1
_SLOW_SECONDS = 3.0


@dataclass
class Server:
    """An opencode of our own on a free loopback port; `touched` is the monotonic time of its answer for the folder."""

    system: RealSystem
    process: subprocess.Popen[bytes]
    port: int
    password: str
    folder: Path
    log: Path
    errors: list[str] = field(default_factory=list)
    touched: float = 0.0
    listening: threading.Event = field(default_factory=threading.Event)

    def ask(self, method: str, path: str, seconds: float = REQUEST_SECONDS) -> bytes | None:
        """Return the body of a successful answer, or None."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, headers={"Authorization": self._login()})
            answer = connection.getresponse()
            body = answer.read()
            return body if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _login(self) -> str:
        return f"Basic {base64.b64encode(f'opencode:{self.password}'.encode()).decode()}"

    def touch(self, folder: str) -> None:
        """Ask for a folder until there is an answer: one request alone may be one that is never answered."""
        path = f"/config?directory={quote(folder, safe='')}"
        while self.process.poll() is None and self.ask("GET", path) is None:
            time.sleep(_POLL_SECONDS)
        self.touched = time.monotonic()

    def watch(self) -> None:
        """Collect plugin load errors from the event stream until the server ends."""
        while not self.listening.is_set() and self.process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)
            try:
                connection.request("GET", "/global/event", headers={"Authorization": self._login()})
                answer = connection.getresponse()
                if connection.sock:
                    connection.sock.settimeout(LOAD_SECONDS * 2)
                for line in answer:
                    self.listening.set()
                    if line.startswith(b"data:"):
                        self._note_error(line[5:])
            except (OSError, http.client.HTTPException):
                continue
            finally:
                connection.close()

    def _note_error(self, text: bytes) -> None:
        try:
            payload = json.loads(text)["payload"]
            if payload["type"] == "session.error" and not payload["properties"].get("sessionID"):
                data = payload["properties"]["error"].get("data", {})
                self.errors.append(unquote(str(data.get("message", payload["properties"]["error"]["name"]))))
        except (ValueError, KeyError, TypeError, AttributeError):
            return

    def last_words(self) -> str:
        """Return the last line the program printed."""
        lines = self.system.look(self.log).content.decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")


def prove(inspection: Inspection) -> Finding:
    """Start the user's opencode and see it load the plugin."""
    facts: PluginFacts = inspection.facts
    version = facts.opencode_version
    if facts.opencode is None:
        text = "opencode is not installed, so nothing could load the plugin yet"
        return Finding(CHECK, "plugin.no-opencode", "skipped", text, AFFECTS, ("npm install -g opencode-ai",))
    if version is None:
        text = f"{facts.opencode} does not tell its version"
        return Finding(
            CHECK, "plugin.opencode-broken", "failed", text, AFFECTS, (f"{shlex.quote(str(facts.opencode))} --version",)
        )
    if version[0] >= 2:
        text = "opencode 2 is here; that it loads the plugin is not proved by this check yet (seen on 1.18.33 only)"
        return Finding(CHECK, "plugin.opencode-2", "skipped", text, "the proof", ("opencode plugin list",))
    inspection.emit(Progress("starting opencode once to see it load the plugin"))
    try:
        with _server(inspection, facts.opencode) as server:
            return _watch_it_load(inspection, server)
    except OSError as error:
        text = f"opencode could not be started: {error.strerror or error}"
        return Finding(
            CHECK, "plugin.opencode-broken", "failed", text, AFFECTS, (f"{shlex.quote(str(facts.opencode))} serve",)
        )


def _watch_it_load(inspection: Inspection, server: Server) -> Finding:
    if not _ready(server):
        text = f"opencode did not start to serve: {server.last_words()}"
        return Finding(CHECK, "plugin.opencode-broken", "failed", text, AFFECTS, ("opencode serve",))
    folder = os.path.realpath(server.folder)
    threading.Thread(target=server.watch, daemon=True).start()
    server.listening.wait(START_SECONDS)
    threading.Thread(target=server.touch, args=(folder,), daemon=True).start()
    started = time.monotonic()
    slow: Progress | None = Progress("opencode is installing its plugin package, as on every first start")
    while time.monotonic() - started < LOAD_SECONDS:
        mark = _mark(inspection, folder)
        if mark is not None:
            return _loaded(mark)
        ours = [error for error in server.errors if _about_us(inspection.facts, error)]
        if ours:
            return Finding(CHECK, "plugin.load-error", "failed", f"opencode: {ours[0]}", AFFECTS, _REPAIR)
        if server.process.poll() is not None:
            text = f"opencode ended while loading the plugin: {server.last_words()}"
            return Finding(CHECK, "plugin.opencode-broken", "failed", text, AFFECTS, ("opencode serve",))
        if server.touched and time.monotonic() - server.touched > MARK_SECONDS:
            text = "opencode started and did not load the plugin"
            return Finding(CHECK, "plugin.not-loaded", "failed", text, AFFECTS, _REPAIR)
        if slow and not server.touched and time.monotonic() - started > _SLOW_SECONDS:
            inspection.emit(slow)
            slow = None
        time.sleep(_POLL_SECONDS)
    return _npm_blocked(inspection.facts)


def _about_us(facts: PluginFacts, error: str) -> bool:
    """Tell whether a load error is about our files; another plugin's is its owner's business."""
    ours = (f"{facts.config_folder}/plugin/notify.ts", f"{facts.config_folder}/{MODULES_FOLDER}/")
    return any(each in error for each in ours)


_REPAIR = ("installer status", "installer apply --on-conflict overwrite")


def _npm_blocked(facts: PluginFacts) -> Finding:
    """Return the warning that opencode still waits for npm, and the stub that ends the waiting."""
    version = ".".join(str(each) for each in facts.opencode_version or ())
    stub = f'{{"packages":{{"":{{"dependencies":{{"@opencode-ai/plugin":"{version}"}}}}}}}}'
    text = (
        f"opencode is still waiting for npm after {LOAD_SECONDS:g} s: the npm registry cannot be reached, "
        "and opencode waits for it at every start until it once succeeds"
    )
    fix = (
        f"mkdir -p {shlex.quote(f'{facts.config_folder}/node_modules')} && "
        f"printf %s {shlex.quote(stub)} > {shlex.quote(f'{facts.config_folder}/package-lock.json')}"
    )
    return Finding(CHECK, "plugin.npm-blocked", "warning", text, "opencode starts slowly", (fix,))


def _loaded(mark: dict[str, object]) -> Finding:
    if mark.get("version") != __version__:
        text = f"opencode loads version {mark.get('version')} of the plugin, not {__version__}"
        return Finding(CHECK, "plugin.other-version", "failed", text, AFFECTS, _REPAIR)
    return Finding(CHECK, "plugin.loaded", "ok", f"opencode loads the plugin, version {__version__}")


def _ready(server: Server) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        if server.ask("GET", "/global/health", 1.0) is not None:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _mark(inspection: Inspection, folder: str) -> dict[str, object] | None:
    """Return the plugin's mark if it was made for our folder, which no other opencode ever saw."""
    try:
        mark = json.loads(inspection.machine.system.look(inspection.places.state / "loaded.json").content)
    except ValueError:
        return None
    if not isinstance(mark, dict) or os.path.realpath(str(mark.get("directory"))) != folder:
        return None
    return mark


@contextmanager
def _server(inspection: Inspection, opencode: Path) -> Iterator[Server]:
    system = inspection.machine.system
    folder = _empty_folder(inspection)
    log = folder.with_name(f"{folder.name}.log")
    password = generate()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in system.environ.items() if not name.startswith("OPENCODE_SERVER_")}
    environ |= {"OPENCODE_SERVER_PASSWORD": password, "OPENCODE_DISABLE_PROJECT_CONFIG": "1"}
    environ |= {name: _with_loopback(environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")}
    command = [str(opencode), "serve", "--hostname", "127.0.0.1", "--port", str(port)]
    try:
        process = system.start(command, folder, environ, log)
        server = Server(system, process, port, password, folder, log)
        try:
            yield server
        finally:
            server.ask("POST", "/global/dispose", 1.0)
            system.end(process, STOP_SECONDS)
    finally:
        system.remove_tree(folder)
        system.remove(log)


def _with_loopback(no_proxy: str) -> str:
    return ",".join(each for each in (no_proxy, "127.0.0.1,localhost") if each)


def _empty_folder(inspection: Inspection) -> Path:
    """Make a private empty folder outside any work tree, so that no cloned repository's own plugins run.

    Never below a folder that others may write to: they could plant a `.opencode` there.
    """
    system = inspection.machine.system
    runtime = system.environ.get("XDG_RUNTIME_DIR")
    candidates = [inspection.places.state, *([Path(runtime)] if runtime and os.access(runtime, os.W_OK) else [])]
    outside = [each for each in candidates if not _in_work_tree(inspection, each)]
    folder = (outside or candidates)[0] / f"proof-{generate(40)}"
    system.make_directory(folder, PRIVATE_DIRECTORY)
    return folder


def _in_work_tree(inspection: Inspection, folder: Path) -> bool:
    real = Path(os.path.realpath(folder))
    return any(inspection.machine.system.look(each / ".git").kind != "absent" for each in (real, *real.parents))
