"""The guided set-up at a real terminal, with menus and (--no-tty) by bare lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import Program
from cli.terminal import Terminal, terminal
from support.ntfy import RealNtfy

CHOOSE, SERVER, TOPIC, CONFIRM = "What shall tell you?", "(--ntfy-server)", "(--ntfy-topic-file)", "Go ahead?"
TEST = "Send a test notification now?"
DOWN = "\x1b[B"
CLEAR = "\x15"


@pytest.fixture(scope="module")
def ntfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNtfy]:
    """A server where everybody may do everything."""
    with RealNtfy(tmp_path_factory.mktemp("ntfy")) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty home."""
    return Program(tmp_path)


def own(program: Program) -> set[str]:
    """Return what lies in the home, without the lock that a run needs to ask its questions safely."""
    return {name for name in program.tree() if not name.startswith(".local")}


@pytest.mark.parametrize("plain", [False, True], ids=["menus", "lines"])
def test_from_the_first_question_to_the_test(program: Program, ntfy: RealNtfy, plain: bool) -> None:
    topic = f"chosen-{plain}"
    with terminal(program, *(["--no-tty"] if plain else [])) as screen:
        screen.expect(CHOOSE)
        if plain:
            screen.answer("nonsense")
            screen.expect("Please type one of: desktop, headless, phone")
            screen.expect(CHOOSE)
            screen.answer("headless")
        else:
            screen.press(f"{DOWN}{DOWN}")
            screen.answer()
        _ask_again(screen, SERVER, "ntfy.example.org", "It must look like https://ntfy.sh.", ntfy.url)
        _ask_again(screen, TOPIC, "my topic", "It must be 1 to 64 of the characters", topic)
        screen.expect("+++ ")
        screen.expect("config.yaml")
        if plain:
            screen.expect(CONFIRM)
            screen.answer("perhaps")
            screen.expect("It must be y or n.")
        screen.expect(CONFIRM)
        assert not own(program), "nothing is written before the yes"
        screen.answer("y" if plain else "")
        screen.expect("recap")
        screen.expect("sent and read back in ")
        screen.expect(TEST)
        screen.answer("y" if plain else "")
        screen.expect("sent and read back in ")
        assert screen.end() == 0
        assert topic not in screen.seen, "the topic is a password, and the terminal keeps what it showed"
    assert [each["priority"] for each in ntfy.messages(topic)] == [1, 3]
    assert program.settings["ntfy"] == {"server": ntfy.url, "topic": topic}
    with terminal(program, *(["--no-tty"] if plain else [])) as screen:
        _choose_what_stands(screen)
        assert "headless" in screen.seen
        screen.expect(TEST)
        screen.answer("n")
        assert screen.end() == 0
        assert CONFIRM not in screen.seen, "where nothing changes there is nothing to agree to"
    assert program.settings["ntfy"]["topic"] == topic


def _ask_again(screen: Terminal, question: str, wrong: str, complaint: str, right: str) -> None:
    screen.expect(question)
    screen.answer(f"{CLEAR}{wrong}")
    screen.expect(complaint)
    screen.answer(f"{CLEAR}{right}")


def _choose_what_stands(screen: Terminal) -> None:
    for each in (CHOOSE, SERVER, TOPIC):
        screen.expect(each)
        screen.answer()


@pytest.mark.parametrize("plain", [False, True], ids=["menus", "lines"])
@pytest.mark.parametrize("last", [CHOOSE, SERVER, TOPIC, CONFIRM])
def test_ctrl_c_at_every_question_changes_nothing(program: Program, last: str, plain: bool) -> None:
    with terminal(program, *(["--no-tty"] if plain else [])) as screen:
        for question in (CHOOSE, SERVER, TOPIC, CONFIRM):
            screen.expect(question)
            if question == last:
                break
            screen.answer()
        screen.interrupt()
        assert screen.end() == 130
        assert "interrupted" in screen.seen
        _cursor_is_back(screen)
    assert not own(program)


def _cursor_is_back(screen: Terminal) -> None:
    assert screen.raw.rfind("\x1b[?25h") >= screen.raw.rfind("\x1b[?25l")


def test_the_end_of_input_is_no_yes(program: Program) -> None:
    with terminal(program, "apply", "desktop", "--no-tty") as screen:
        screen.expect(CONFIRM)
        screen.press("\x04")
        assert screen.end() == 130
    assert not own(program)


def test_a_no_changes_nothing_and_says_so(program: Program) -> None:
    with terminal(program, "apply", "desktop", "--no-tty") as screen:
        screen.expect(CONFIRM)
        screen.answer("n")
        assert screen.end() == 1
        assert "nothing was changed" in screen.seen
    assert not own(program)


def test_ctrl_c_while_a_server_is_waited_for_leaves_the_cursor_and_the_files(program: Program) -> None:
    from support.faulty import FaultyServer

    with (
        FaultyServer() as server,
        terminal(program, "apply", "headless", "--yes", "--ntfy-server", server.url) as screen,
    ):
        screen.expect("publishing to ")
        screen.interrupt()
        assert screen.end() == 130
        _cursor_is_back(screen)
    assert program.settings["ntfy"]["server"] == server.url
    assert "a proof is owed" in program.run("status").out


@pytest.mark.parametrize("plain", [False, True], ids=["menus", "lines"])
@pytest.mark.parametrize("decision", ["keep", "overwrite"])
def test_a_file_that_somebody_edited_is_asked_about(program: Program, decision: str, plain: bool) -> None:
    assert program.run("apply", "desktop", "--yes", "--skip", "verify").code == 0
    path = program.home / ".config/opencode/unattended/wording.ts"
    ours = path.read_text()
    path.write_text("// mine\n")
    with terminal(program, "apply", "--skip", "verify", *(["--no-tty"] if plain else [])) as screen:
        screen.expect(CONFIRM)
        screen.answer("y" if plain else "")
        if plain:
            screen.expect("What now? [keep]")
            screen.answer("diff")
            screen.expect("-// mine")
            screen.expect("What now? [keep]")
            screen.answer(decision)
        else:
            screen.expect("What now?")
            screen.press(f"{DOWN}{DOWN}\r")
            screen.expect("-// mine")
            screen.expect("What now?")
            screen.press("\r" if decision == "keep" else f"{DOWN}\r")
        assert screen.end() == (4 if decision == "keep" else 0), screen.seen
    assert path.read_text() == ("// mine\n" if decision == "keep" else ours)
    backups = [name for name in program.tree() if "/backup/" in name]
    assert len(backups) == (0 if decision == "keep" else 1)


def test_a_secret_from_standard_input_is_asked_for_once(program: Program) -> None:
    with terminal(program, "--no-tty", "--ntfy-token-file", "-") as screen:
        screen.expect(CHOOSE)
        screen.answer()
        screen.expect("--ntfy-token-file:")
        screen.answer("tk_typed")
        for each in (SERVER, TOPIC):
            screen.expect(each)
            screen.answer()
        screen.expect(CONFIRM)
        screen.answer("n")
        assert screen.end() == 1
        assert screen.seen.count("--ntfy-token-file:") == 1
        assert "tk_typed" not in screen.seen
