"""Answers come back as they were given, secrets in a file of their own."""

from pathlib import Path

from installer.config import answers, resolve
from installer.config.answers import Answers
from installer.config.profiles import Profile
from installer.config.source import Table, Value, parse
from installer.errors import Problem
from installer.settings import Settings
from unit.config.case import SCHEMA

PROFILE = b"schema: 1\nroles: [plugin, ntfy]\nntfy:\n  user: profile\n"
NAMES = ["plugin", "ntfy"]


def resolved(tables: list[Table], flags: dict[str, str], environ: dict[str, str] | None = None) -> Settings:
    problems: list[Problem] = []
    table = parse(PROFILE.replace(b"schema: 1\n", b""), "p.yaml", problems)
    profile = Profile("p", Path("p.yaml"), table, private=True)
    given = resolve.Given({key: Value(text, key) for key, text in flags.items()}, environ or {})
    return resolve.resolve(SCHEMA, NAMES, [profile], tables, given, problems)


def loaded(content: bytes, secret: bytes | None) -> Answers:
    files = {Path("config.yaml"): content, Path("secrets.yaml"): secret}
    problems: list[Problem] = []
    found = answers.load(files.get, list(files), problems, saved=True)
    assert not problems
    return found


def test_given_values_come_back_and_profile_values_are_not_copied() -> None:
    flags = {"ntfy.server": "https://ตัวอย่าง.example", "ntfy.password": "no: 'yes' # ก", "plugin.desktop": "no"}
    first = resolved([], flags, {"INSTALLER_NTFY_TOPIC": "007"})
    content, secret = answers.render(SCHEMA, first, "p")
    assert secret is not None
    assert b"no: 'yes'" not in content
    assert b"007" not in content
    assert b"user" not in content + secret
    again = loaded(content, secret)
    assert again.profile == "p"
    second = resolved(list(again.tables), {})
    assert second.sections == first.sections
    assert {second.origins[key].layer for key in flags} == {"answer"}


def test_a_generated_topic_is_kept_from_run_to_run() -> None:
    first = resolved([], {"ntfy.password": "x"})
    assert first.origins["ntfy.topic"].layer == "generated"
    again = loaded(*answers.render(SCHEMA, first, "p"))
    second = resolved(list(again.tables), {})
    assert second.sections == first.sections
    assert answers.unchanged(second, again, "p")
    assert not answers.unchanged(first, again, "p")
    assert not answers.unchanged(second, again, "other")


def test_two_machines_get_two_topics_of_at_least_128_bits() -> None:
    topics = {resolved([], {"ntfy.password": "x"}).sections["ntfy"].topic.reveal() for _ in range(20)}
    assert len(topics) == 20
    assert {len(each.removeprefix("oc-")) for each in topics} == {26}  # 5 bits a letter
