"""Servers that the end-to-end tests share, and homes that they do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.model import FakeModel
from support.ntfy import RealNtfy
from support.opencode import Home, make_home


@pytest.fixture(scope="session")
def model() -> Iterator[FakeModel]:
    """The fake model."""
    with FakeModel() as server:
        yield server


@pytest.fixture(scope="module")
def ntfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A real ntfy server where everybody may publish."""
    with RealNtfy(tmp_path_factory.mktemp("ntfy")) as server:
        yield server


@pytest.fixture(scope="module")
def make(model: FakeModel, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Home]:
    """Make a new home, by default below a path with a space and letters beyond ASCII in it."""

    def make_one(folder: Path | None = None, **extra: str) -> Home:
        return make_home(folder or tmp_path_factory.mktemp("e2e") / "Ann's home บ้าน", model.url, extra)

    return make_one
