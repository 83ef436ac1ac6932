"""The command line: find the verb, parse its options, run it, turn errors into a message and an exit code."""

from __future__ import annotations

import os
import sys

from installer import __version__

VERBS = {
    "apply": "bring this machine to what a profile says, and prove it",
    "plan": "show what apply would change; exit 3 if something would",
    "status": "show what you edited and what apply would change",
    "test": "send a real notification by every way and read it back",
    "doctor": "check everything that is installed",
    "profiles": "list, show or validate profiles",
    "config": "show the values in force and where they come from",
    "rollback": "undo a run",
    "uninstall": "take everything back",
    "completion": "print the completion script of a shell",
}
GUIDED = "setup"
_GLOBAL_FLAGS = ("--json", "--no-tty", "-v")


def main() -> int:
    """Run the program with the arguments of this process and return the exit code."""
    program = os.path.basename(sys.argv[0]).replace("__main__.py", "") or "installer"
    if sys.stdout is None:
        # A closed standard output (>&-) is no reason to fail: whoever closed it wants to see nothing.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["version"]):
        print(f"{program} {__version__}")
        return 0
    try:
        code = _run(program, arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("interrupted before anything had begun", file=sys.stderr)
        return 130
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"standard output cannot be written: {error.strerror}", file=sys.stderr)
        # The reader has gone; not even the flush at exit may write (docs.python.org/3/library/signal.html).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(program: str, arguments: list[str]) -> int:
    verb, rest = split(arguments)
    if verb == GUIDED and any(each in ("-h", "--help") for each in rest):
        print(overview(program))
        return 0
    if verb == "completion":
        from installer.completion import script

        return script(program, rest)
    from installer.dispatch import dispatch

    return dispatch(program if verb == GUIDED else f"{program} {verb}", verb, rest, VERBS)


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """Return the verb and the other arguments; global flags may stand before the verb, no verb is the guided set-up."""
    for index, each in enumerate(arguments):
        if each in VERBS:
            return each, arguments[:index] + arguments[index + 1 :]
        if each not in _GLOBAL_FLAGS:
            break
    return GUIDED, arguments


def overview(program: str) -> str:
    """Return what `--help` without a verb prints."""
    lines = [
        f"usage: {program} [--yes] [--profile NAME] [OPTION]...    guided set-up",
        f"       {program} VERB [OPTION]...",
        "",
        "Set up unattended opencode: your machine tells you when the agent is done, has failed or needs a decision.",
        "",
        "verbs:",
        *(f"  {name:<12} {text}" for name, text in VERBS.items()),
        "",
        "everywhere:",
        "  --json       one JSON object on standard output",
        "  --no-tty     plain lines, no colours, no menus",
        "  -v           details of unexpected errors",
        "  --version    print the version",
        "",
        f"The options of a verb, and of the settings: {program} apply --help",
        "Exit codes: 0 fine, 1 failed, 2 usage or a missing answer, 3 --check found changes,",
        "4 an edited file was kept, 5 another run is at work, 6 refused, 130 interrupted.",
    ]
    return "\n".join(lines)
