"""Settings as data: a role declares its keys as a frozen dataclass, and everything else is made from that.

Validation, prompts, flags, environment names and the reference page all come from the metadata of `setting()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, field, fields
from typing import Any, Literal, NamedTuple, TypeVar

Kind = Literal["text", "yes/no", "number", "list", "secret"]
Section = TypeVar("Section")


class Setting(NamedTuple):
    """One key.

    `check` returns what is wrong with a value, or ''. `generate` makes a value where nobody gives one. `goes_with`
    names a key of the same section that must be given too. `question` makes the guided set-up ask for it. A `required`
    key must be given wherever its role is on. A saved value `bound_to` another key of its section is given up when that
    one changes: a token of one server is not for the next.
    """

    help: str
    kind: Kind
    example: str = ""
    choices: tuple[str, ...] = ()
    check: Callable[[Any], str] | None = None
    generate: Callable[[], str] | None = None
    goes_with: str = ""
    question: str = ""
    required: bool = False
    bound_to: str = ""


def setting(default: Any, text: str, kind: Kind = "text", **more: Any) -> Any:
    """Return a dataclass field that carries a Setting; None as default means: not given."""
    return field(default=default, metadata={"setting": Setting(text, kind, **more)})


class Key(NamedTuple):
    """A setting with its place: section `ntfy`, name `server`."""

    section: str
    name: str
    setting: Setting
    default: Any

    @property
    def dotted(self) -> str:
        """The name in profiles and error messages: `ntfy.server`."""
        return f"{self.section}.{self.name}"

    @property
    def secret(self) -> bool:
        """Whether the value never stands on a command line or in a diff."""
        return self.setting.kind == "secret"

    @property
    def flag(self) -> str:
        """The command-line flag: `--ntfy-server`; a secret's flag names a file that holds it: `--ntfy-token-file`."""
        name = f"--{self.section}-{self.name}".replace("_", "-")
        return f"{name}-file" if self.secret else name

    @property
    def variable(self) -> str:
        """The environment variable: `INSTALLER_NTFY_SERVER`."""
        return f"INSTALLER_{self.section}_{self.name}".upper()


class Schema:
    """All keys of all roles, in order."""

    def __init__(self, sections: Mapping[str, type]) -> None:
        self.sections = dict(sections)
        self.keys = {
            key.dotted: key
            for section, kind in self.sections.items()
            for key in (Key(section, each.name, each.metadata["setting"], each.default) for each in _own_first(kind))
        }


def _own_first(kind: type) -> list[Field[Any]]:
    """Return a section's fields, those it shares with other sections last."""
    return sorted(fields(kind), key=lambda each: each.name not in kind.__annotations__)


class Origin(NamedTuple):
    """Where a value comes from: which layer, and its place there (`file:line:column`, a flag, a variable)."""

    layer: str
    where: str


class Settings:
    """The validated values of one run: the profile, its roles, a dataclass a section, and each value's origin."""

    def __init__(
        self, profile: str, roles: tuple[str, ...], sections: Mapping[str, Any], origins: Mapping[str, Origin]
    ) -> None:
        self.profile = profile
        self.roles = roles
        self.sections = dict(sections)
        self.origins = dict(origins)

    def of(self, kind: type[Section]) -> Section:
        """Return the section that a dataclass describes, whether its role is on or not."""
        for section in self.sections.values():
            if isinstance(section, kind):
                return section
        raise LookupError(kind.__name__)

    def value(self, key: Key) -> Any:
        """Return one key's value."""
        return getattr(self.sections[key.section], key.name)
