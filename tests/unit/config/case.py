"""A case: a profile file, or a folder whose `profile.yaml` is one, with what is expected of it in its comments.

`# expect CODE FILE:LINE:COLUMN [| WORDS]`  a problem, WORDS being part of its text or hint; all problems are listed
`# roles NAME…`                             the roles that are on
`# value KEY = TEXT from LAYER FILE:LINE:COLUMN`
`# answers FILE`, `# environ NAME=TEXT`, `# flag KEY=TEXT`, `# private`   what else is given
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from installer import package
from installer.config import answers, profiles, resolve
from installer.config.profiles import Shelf
from installer.config.source import Value
from installer.errors import ConfigError, Problem
from installer.roles.all import ROLES
from installer.settings import Schema, Settings

SCHEMA = Schema({role.name: role.settings for role in ROLES})
CASES = Path(__file__).parent / "cases"


@dataclass
class Case:
    """One case as read."""

    start: Path
    words: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Case":
        start = path / "profile.yaml" if path.is_dir() else path
        case = cls(start)
        for keyword, text in re.findall(r"^\ufeff?# (\w+) ?(.*)$", start.read_text(errors="replace"), re.MULTILINE):
            case.words.setdefault(keyword, []).append(text.strip())
        return case

    def settings(self, problems: list[Problem]) -> Settings:
        folder = self.start.parent
        own = folder if folder != CASES else folder / "none"
        shelf = Shelf(own, package.folder("profiles"), _names, _content, lambda _: "private" in self.words)
        chain = profiles.chain(shelf, str(self.start), "profile", problems)
        files = [folder / name for name in self.words.get("answers", [])]
        tables = answers.load(_content, files, problems, saved=True).tables
        given = resolve.Given(
            {key: Value(text, f"-e {key}") for key, _, text in self._pairs("flag")},
            {name: text for name, _, text in self._pairs("environ")},
        )
        return resolve.resolve(SCHEMA, [role.name for role in ROLES], chain, tables, given, problems)

    def _pairs(self, keyword: str) -> list[tuple[str, str, str]]:
        return [each.partition("=") for each in self.words.get(keyword, [])]

    def problems(self) -> list[Problem]:
        """Return what is wrong, each `where` relative to the case's folder."""
        try:
            self.settings([])
        except ConfigError as error:
            folder = f"{self.start.parent}/"
            return [
                Problem(each.code, each.where.replace(folder, ""), each.message, each.hint) for each in error.problems
            ]
        return []


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
