"""What a file of fixed text cannot show: size, migration, and that no content at all ends in a traceback."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.config import source
from installer.config.source import Table, Value, migrated, parse, read_file
from installer.errors import Problem


def test_a_profile_of_a_megabyte_is_refused_unread() -> None:
    problems: list[Problem] = []
    parse(b"schema: 1\n" + b"#" * 1024 * 1024, "big.yaml", problems)
    assert [(each.code, each.where) for each in problems] == [("yaml.too-large", "big.yaml:1:1")]
    assert "262,144" in problems[0].message


def test_the_largest_profile_is_read() -> None:
    problems: list[Problem] = []
    content = b"schema: 1\n".ljust(source.LARGEST_BYTES, b"#")
    assert parse(content, "large.yaml", problems).entries["schema"] == Value("1", "large.yaml:1:9")
    assert not problems


def rename_topic(table: Table) -> Table:
    """Bring a table of an imagined schema 1, which had the topic at its top, to schema 2."""
    entries = dict(table.entries)
    topic = entries.pop("topic")
    return Table({**entries, "ntfy": Table({"topic": topic}, table.places, table.where)}, table.places, table.where)


def test_an_older_file_is_migrated_step_by_step_and_keeps_its_places() -> None:
    problems: list[Problem] = []
    table = parse(b"schema: 1\ntopic: abc\n", "old.yaml", problems)
    steps = {1: rename_topic, 2: lambda table: table}
    new = migrated(table, "old.yaml", problems, steps, current=3)
    assert not problems
    assert new.entries == {"ntfy": Table({"topic": Value("abc", "old.yaml:2:8")}, table.places, table.where)}


def test_a_missing_step_is_said() -> None:
    problems: list[Problem] = []
    migrated(parse(b"schema: 1\n", "old.yaml", []), "old.yaml", problems, {2: rename_topic}, current=3)
    assert [(each.code, each.where) for each in problems] == [("schema.older", "old.yaml:1:9")]


def test_every_old_schema_has_its_step() -> None:
    assert set(source.MIGRATIONS) == set(range(1, source.SCHEMA))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_other_encodings_are_read_or_refused_in_words(encoding: str) -> None:
    problems: list[Problem] = []
    table = parse("schema: 1\n".encode(encoding), "wide.yaml", problems)
    assert table.entries or problems


YAML_PIECES = st.sampled_from(
    [
        "schema: 1\n",
        "roles: [",
        "]",
        "{",
        "}",
        ": ",
        "- ",
        "&a ",
        "*a",
        "!!x ",
        "|\n",
        "'",
        '"',
        "\t",
        "\ufeff",
        "é",
        "?",
        "\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.lists(YAML_PIECES, max_size=12).map(lambda each: "".join(each).encode())))
def test_no_content_ends_in_a_traceback(content: bytes) -> None:
    problems: list[Problem] = []
    read_file(Path("any.yaml"), lambda _: content, "any.yaml", problems)
    for each in problems:
        assert each.where.startswith("any.yaml:")
        assert "\n" not in each.message
