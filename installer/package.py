"""Where the templates and profiles that ship with this program lie."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """Return the folder `templates` or `profiles`: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    installed = here / name
    return installed if installed.is_dir() else here.parent / name
