"""A small wheel that stands in for the real one, so that many installations stay cheap and need no network."""

import base64
import hashlib
import re
import zipfile
from pathlib import Path

from support.programs import ROOT

VERSION = re.findall(r'^__version__ = "(.+)"$', (ROOT / "installer/__init__.py").read_text(), re.MULTILINE)[0]
NAME = f"opencode_unattended-{VERSION}-py3-none-any.whl"

# Says what it was started with, then ends with the code that the test asked for.
PROGRAM = """
import json, os, sys

def main():
    if sys.argv[1:] == ["--version"]:
        print("opencode-unattended VERSION")
        return START
    terminal = os.isatty(0)
    given = sys.stdin.readline() if terminal else sys.stdin.read()
    with open(os.environ["STANDIN_SAYS"], "w") as file:
        json.dump({"argv": sys.argv[1:], "program": sys.argv[0], "terminal": terminal, "stdin": given}, file)
    return int(os.environ.get("STANDIN_EXIT", "0"))
"""


def build_wheel(folder: Path, *, version: str = VERSION, start: int = 0, requires: tuple[str, ...] = ()) -> Path:
    """Write the stand-in wheel into the folder; START is the exit code of its --version."""
    stem = f"opencode_unattended-{version}"
    info = f"{stem}.dist-info"
    metadata = ["Metadata-Version: 2.1", "Name: opencode-unattended", f"Version: {version}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    commands = ["installer = standin_program:main", "opencode-unattended = standin_program:main"]
    files = {
        "standin_program.py": PROGRAM.replace("VERSION", version).replace("START", str(start)),
        "standin_unused.py": "SAYS = 'not imported by the program, so whoever installs it has to compile it'\n",
        f"{info}/METADATA": "\n".join([*metadata, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: standin\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "\n".join(["[console_scripts]", *commands, ""]),
    }
    record = [f"{name},{_digest(text)},{len(text.encode())}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
