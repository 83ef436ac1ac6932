"""The yardstick: a bare script with jinja2 and pyyaml that brings eleven resources about, and nothing else.

Four folders, four rendered templates, a rendered unit file, one line in an rc file, one check that a command exists. It
writes whole files with fsync and rename, as anything must that claims to be safe; it has no plan, state or journal.
"""

import os
import shutil
import sys
from pathlib import Path

if sys.argv[1:] == ["--version"]:
    print("bare 1.0")
    sys.exit(0)
if sys.argv[1:] == ["--help"]:
    import argparse

    parser = argparse.ArgumentParser(prog="bare")
    parser.add_argument("home")
    parser.parse_args(["--help"])

import jinja2
import yaml

PROFILE = """
folders:
  - {path: .config/a, mode: 448}
  - {path: .config/b, mode: 493}
  - {path: .local/bin, mode: 493}
  - {path: .state, mode: 448}
files:
  - {path: .config/a/one.json, mode: 384, template: '{"server": "{{ server }}", "topic": "{{ topic }}"}'}
  - {path: .config/a/two.ts, mode: 420, template: 'export const server = "{{ server }}"'}
  - {path: .config/b/three.yaml, mode: 420, template: 'server: {{ server }}'}
  - {path: .local/bin/run, mode: 493, template: "#!/bin/sh\\nexec true {{ topic }}\\n"}
  - {path: .config/b/run.service, mode: 420, template: "[Service]\\nExecStart={{ home }}/.local/bin/run\\n"}
line: {path: .bashrc, text: 'export PATH="$HOME/.local/bin:$PATH"'}
command: sh
"""


def write(path: Path, content: str, mode: int) -> bool:
    """Put a file in place if it is not as wanted."""
    if path.exists() and path.read_text() == content and path.stat().st_mode & 0o777 == mode:
        return False
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    temporary.replace(path)
    return True


def main() -> None:
    """Converge the folder given on the command line."""
    home = Path(sys.argv[1])
    profile = yaml.load(PROFILE, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    changed = 0
    for folder in profile["folders"]:
        path = home / folder["path"]
        if not path.is_dir():
            path.mkdir(parents=True)
            changed += 1
        if path.stat().st_mode & 0o777 != folder["mode"]:
            path.chmod(folder["mode"])
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    values = {"server": "https://ntfy.sh", "topic": "oc-topic", "home": home}
    for file in profile["files"]:
        text = environment.from_string(file["template"]).render(values)
        changed += write(home / file["path"], text, file["mode"])
    rc = home / profile["line"]["path"]
    lines = rc.read_text().splitlines() if rc.exists() else []
    if profile["line"]["text"] not in lines:
        changed += write(rc, "\n".join([*lines, profile["line"]["text"], ""]), 0o644)
    if shutil.which(profile["command"]) is None:
        sys.exit(1)
    print(f"changed={changed}")


main()
