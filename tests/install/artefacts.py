"""The wheel and the sdist of the project as it stands, built in a copy so that the checkout stays as it is."""

import shutil
import subprocess
import sys
from pathlib import Path

from support.programs import ROOT


def copy_checkout(folder: Path) -> Path:
    """Copy what a fresh clone would hold, with the changes that are not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def build(checkout: Path, out: Path) -> tuple[Path, Path]:
    """Build both and return the wheel and the sdist. The wheel is built from the sdist, as for a release."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return wheel, sdist
