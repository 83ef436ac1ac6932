"""`--json` prints one object of a frozen shape, whatever happens, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from cli.program import Program

KEYS = ["result_version", "command", "status", "exit_code", "data", "errors"]
DESKTOP = ("apply", "desktop", "--yes", "--skip", "verify")


def envelope(program: Program, *words: str) -> dict[str, Any]:
    """Return the envelope of a call, whose shape and code it asserts."""
    done = program.run(*words)
    found = done.envelope
    assert list(found) == KEYS
    assert found["result_version"] == 1
    assert found["exit_code"] == done.code
    assert done.err == ""
    assert isinstance(found["data"], dict)
    assert all(list(each) == ["code", "message", "hint"] for each in found["errors"])
    assert done.out.isascii(), "readable in every locale"
    return found


@pytest.mark.parametrize(
    ("words", "command", "status", "code", "error"),
    [
        ("--json nonsense", "setup", "error", 2, "verb"),
        ("--json --bogus", "setup", "error", 2, "usage"),
        ("--json", "setup", "error", 2, "answer.missing"),
        ("apply --json --bogus", "apply", "error", 2, "usage"),
        ("--json apply phone --ntfy-token tk_secret", "apply", "error", 2, "secret.argv"),
        ("apply fone --yes --json", "apply", "error", 2, "profile.unknown"),
        ("apply --json --on-conflict perhaps", "apply", "error", 2, "usage"),
        ("rollback --json x", "rollback", "error", 2, "usage"),
        ("plan desktop --json", "plan", "changes-pending", 3, ""),
        ("status --json", "status", "ok", 0, ""),
        ("test --json", "test", "error", 2, "not-set-up"),
    ],
)
def test_before_anything_is_installed(
    tmp_path: Path, words: str, command: str, status: str, code: int, error: str
) -> None:
    found = envelope(Program(tmp_path), *words.split())
    assert (found["command"], found["status"], found["exit_code"]) == (command, status, code)
    assert [each["code"] for each in found["errors"]] == ([error] if error else [])
    assert all(each["message"] for each in found["errors"])
    assert "tk_secret" not in str(found)


def test_of_an_apply_and_what_follows(tmp_path: Path) -> None:
    program = Program(tmp_path)
    first = envelope(program, *DESKTOP, "--json")
    assert first["status"] == "ok"
    assert set(first["data"]) == {"profile", "roles", "tasks", "recap"}
    assert all(list(each) == ["role", "name", "status", "reason", "diff", "hint"] for each in first["data"]["tasks"])
    assert list(first["data"]["recap"]) == ["ok", "changed", "skipped", "kept", "failed"]
    doctor = envelope(program, "doctor", "--offline", "--json")["data"]
    assert all(list(each) == ["check", "code", "status", "text", "affects", "fix"] for each in doctor["checks"])
    (program.home / ".config/opencode/unattended/wording.ts").write_text("// mine\n")
    kept = envelope(program, "apply", "--json", "--yes")
    assert (kept["status"], kept["exit_code"]) == ("kept-edit", 4)
    (path,) = envelope(program, "status", "--json")["data"]["paths"]
    assert path == {"path": str(program.home / ".config/opencode/unattended/wording.ts"), "you": "M", "apply": "M"}


def test_all_problems_are_listed_each_with_its_own_code(tmp_path: Path) -> None:
    program = Program(tmp_path)
    path = program.profile("mine", "schema: 1\nroles: [plugin, ntyf]\nntfy:\n  topic: a b\n  servr: x\n")
    found = envelope(program, "--json", "plan", "mine", "-e", "ntfy.usr=ann", "--plugin-desktop", "perhaps")
    assert [(each["code"], each["message"].partition(": ")[0]) for each in found["errors"]] == [
        ("key.unknown", "-e"),
        ("roles.unknown", f"{path}:2:17"),
        ("key.value", f"{path}:4:10"),
        ("key.unknown", f"{path}:5:3"),
        ("key.value", "--plugin-desktop"),
    ]
