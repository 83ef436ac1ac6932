"""A misspelt variable is told, and another program's is not."""

import pytest

from installer.config.resolve import unknown_variables
from unit.config.case import SCHEMA


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("INSTALLER_NTFY_SERVR", "did you mean 'INSTALLER_NTFY_SERVER'?"),
        ("INSTALLER_PROFIL", "did you mean 'INSTALLER_PROFILE'?"),
        ("INSTALLER_NTFYSERVER", "did you mean 'INSTALLER_NTFY_SERVER'?"),
        ("INSTALLER_PLUGIN_NONSENSE_AND_MORE", "did you mean "),
    ],
)
def test_it_is_told(name: str, words: str) -> None:
    (sentence,) = unknown_variables(SCHEMA, {name: "tk_secret", "HOME": "/root"})
    assert sentence.startswith(f"{name} is no setting; ")
    assert words in sentence
    assert "tk_secret" not in sentence


@pytest.mark.parametrize("name", ["INSTALLER_DOWNLOAD_URL", "INSTALLER_VERSION", "INSTALLER_", "PROFILE"])
def test_it_is_somebody_elses(name: str) -> None:
    assert unknown_variables(SCHEMA, {name: "x"}) == []


def test_ours_are_known() -> None:
    environ = {key.variable: "x" for key in SCHEMA.keys.values()} | {"INSTALLER_PROFILE": "phone"}
    assert unknown_variables(SCHEMA, environ) == []
