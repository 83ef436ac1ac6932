"""On a machine that was just installed: what is missing is said, what is said mends it, and then it works."""

import json
import shlex
from pathlib import Path

import pytest

from install import debian
from install.door import refused, succeeded
from install.standin import NAME, VERSION, build_wheel
from support.faulty import FaultyServer, page

pytestmark = pytest.mark.timeout(600)

LEFT = "find /root -mindepth 1 ! -name '.bashrc' ! -name '.profile'"


def test_no_python(tmp_path: Path) -> None:
    """No Python: one sentence with Debian's command, exit 6, nothing left."""
    build_wheel(tmp_path)
    result = debian.run(
        f"""rm -f /usr/bin/python3*
        code=0; sh /mnt/install.sh --from /mnt/{NAME} || code=$?
        {LEFT}; exit $code""",
        tmp_path,
    )
    said = refused(result, 6, "none on PATH; install it by: apt install python3 python3-venv,")
    assert len(said.splitlines()) == 1
    assert result.stdout == ""


def test_python_without_venv(tmp_path: Path) -> None:
    """Debian's python3 alone makes no environment; the printed command mends it; then `curl | sh` works."""
    wheel = build_wheel(tmp_path)
    first = debian.run(f"code=0; sh /mnt/install.sh --from /mnt/{NAME} || code=$?; {LEFT}; exit $code", tmp_path)
    said = refused(first, 6, "its venv module is not")
    assert first.stdout == ""
    command = shlex.split(said.partition("install it by: ")[2].partition(",")[0])
    assert command[:2] == ["apt", "install"]

    with FaultyServer(page(404)) as server:
        script = (tmp_path / "install.sh").read_bytes()
        server.on("GET", "/install.sh", lambda exchange: exchange.answer(200, script, "text/plain"))
        wheel_bytes = wheel.read_bytes()
        server.on("GET", f"/{NAME}", lambda exchange: exchange.answer(200, wheel_bytes, "application/zip"))
        second = debian.run(
            f"""set -e
            {shlex.join(command)} --yes --no-download >/tmp/apt.log 2>&1 || {{ cat /tmp/apt.log >&2; exit 99; }}
            export OPENCODE_UNATTENDED_BASE_URL={server.url} STANDIN_SAYS=/mnt/says.json STANDIN_EXIT=4
            code=0; curl -fsSL {server.url}/install.sh | sh -s -- --yes --profile phone || code=$?
            /root/.local/bin/opencode-unattended --version
            curl -fsSL {server.url}/install.sh | sh -s -- --uninstall
            {LEFT} ! -path '/root/.cache*'
            exit $code""",
            tmp_path,
        )
    refused(second, 4, "by venv and /usr/bin/python3", "type: installer")
    assert json.loads((tmp_path / "says.json").read_text())["argv"] == ["--yes", "--profile", "phone"]
    assert second.stdout.splitlines() == [f"opencode-unattended {VERSION}"]


def test_the_base_has_what_the_tests_say(tmp_path: Path) -> None:
    """The machine has Python and lacks venv and pip, so that the tests above are about something."""
    succeeded(debian.run("python3 -c 'import venv' && ! python3 -c 'import ensurepip' && ! python3 -m pip", tmp_path))
