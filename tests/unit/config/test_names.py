"""Flags and variables are made from a key by one rule, and everything that lists keys lists all of them."""

import pytest

from installer.config import reference
from installer.settings import Key
from unit.config.case import SCHEMA

KEYS = list(SCHEMA.keys.values())


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key.dotted))
def test_one_rule(key: Key) -> None:
    section, _, name = key.dotted.partition(".")
    words = f"{section}_{name}"
    assert key.variable == f"INSTALLER_{words}".upper()
    file = "-file" if key.secret else ""
    assert key.flag == f"--{words}{file}".replace("_", "-")


def test_no_two_keys_share_a_flag_or_a_variable() -> None:
    assert len({key.flag.removesuffix("-file") for key in KEYS}) == len(KEYS)
    assert len({key.variable for key in KEYS}) == len(KEYS)


def test_the_rule_by_example() -> None:
    assert (SCHEMA.keys["ntfy.server"].flag, SCHEMA.keys["ntfy.server"].variable) == (
        "--ntfy-server",
        "INSTALLER_NTFY_SERVER",
    )
    assert SCHEMA.keys["ntfy.read_token"].flag == "--ntfy-read-token-file"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key.dotted))
def test_the_reference_page_and_the_json_schema_know_every_key(key: Key) -> None:
    page = reference.markdown(SCHEMA)
    assert f"`{key.flag} " in page
    assert f"`{key.variable}`" in page
    shape = reference.json_schema(SCHEMA)["properties"][key.section]
    assert key.name in shape["properties"]
    assert shape["additionalProperties"] is False
