"""The situations a session can get into, and what reaches the topic: from our plugin, and from the usual one."""

from collections.abc import Callable
from dataclasses import dataclass

from e2e.stage import Stage, person_walks_up


def done(stage: Stage) -> None:
    """A turn ends well."""
    stage.session("p").turn("[[ok]]")


def tool(stage: Stage) -> None:
    """The agent runs a command that it need not ask for."""
    stage.session("p").turn("[[bash]]")


def error(stage: Stage) -> None:
    """The provider refuses."""
    stage.session("p").turn("[[401]]")


def done_after_error(stage: Stage) -> None:
    """A turn fails and the next one in the same session ends well."""
    session = stage.session("p")
    session.turn("[[401]]")
    stage.serve.quiet(0.5)
    session.turn("[[ok]]")


def permission_open(stage: Stage) -> None:
    """The agent asks, and nobody answers."""
    session = stage.session("asking", ask=["bash"])
    session.asked("permission", session.prompt("[[bash]]"))
    person_walks_up()


def permission_approved(stage: Stage) -> None:
    """The agent asks, and a person approves after a while."""
    session = stage.session("asking", ask=["bash"])
    since = session.prompt("[[bash]]")
    request = session.asked("permission", since)
    person_walks_up()
    session.reply(request, "once")
    session.wait_idle(since)


def permission_rejected(stage: Stage) -> None:
    """The agent asks, and a person rejects after a while; for opencode the turn then simply ends."""
    session = stage.session("asking", ask=["bash"])
    since = session.prompt("[[bash]]")
    request = session.asked("permission", since)
    person_walks_up()
    session.reply(request, "reject")
    session.wait_idle(since)


def question_open(stage: Stage) -> None:
    """The agent has a question, and nobody answers."""
    session = stage.session("p")
    session.asked("question", session.prompt("[[question]]"))
    person_walks_up()


def question_answered(stage: Stage) -> None:
    """The agent has a question, and a person answers after a while."""
    session = stage.session("p")
    since = session.prompt("[[question]]")
    request = session.asked("question", since)
    person_walks_up()
    session.choose(request, "Red")
    session.wait_idle(since)


def question_rejected(stage: Stage) -> None:
    """The agent has a question, and a person dismisses it after a while."""
    session = stage.session("p")
    since = session.prompt("[[question]]")
    request = session.asked("question", since)
    person_walks_up()
    session.dismiss(request)
    session.wait_idle(since)


def subagent(stage: Stage) -> None:
    """The agent hands work to a subagent."""
    stage.session("p").turn("[[task [[ok]]]]")


def subagent_permission(stage: Stage) -> None:
    """The subagent asks, and a person approves after a while."""
    session = stage.session("asking", ask=["bash"])
    since = session.prompt("[[task [[bash]]]]")
    request = session.asked("permission", since)
    person_walks_up()
    session.reply(request, "once")
    session.wait_idle(since)


def abort(stage: Stage) -> None:
    """A person stops the turn while the model writes."""
    session = stage.session("p")
    since = session.prompt("[[slow 30]]")
    session.wait_status("busy", since)
    person_walks_up()
    session.abort()
    session.wait_idle(since)


def abort_during_retry(stage: Stage) -> None:
    """A person stops the turn while opencode waits for the next try; opencode reports no error then."""
    session = stage.session("p")
    since = session.prompt("[[500]]")
    session.wait_status("retry", since)
    session.abort()
    session.wait_idle(since)


def abort_subagent(stage: Stage) -> None:
    """A person stops the turn while a subagent works."""
    session = stage.session("p")
    since = session.prompt("[[task [[slow 30]]]]")
    stage.serve.wait(lambda event: event["type"] == "session.created", "the subagent", since=since)
    person_walks_up()
    session.abort()
    session.wait_idle(since)


def retry(stage: Stage) -> None:
    """The provider fails once, and the turn then ends well."""
    stage.session("p").turn("[[500 1]]")


def queued(stage: Stage) -> None:
    """A second prompt is sent while the first one is worked on."""
    session = stage.session("p")
    since = session.prompt("[[slow 1]]")
    session.wait_status("busy", since)
    session.prompt("[[ok]]")
    session.wait_idle(since)


def two_sessions(stage: Stage) -> None:
    """Two sessions of one project work side by side."""
    both = [stage.session("p"), stage.session("p")]
    starts = [session.prompt("[[slow 1]]") for session in both]
    for session, since in zip(both, starts, strict=True):
        session.wait_idle(since)


def two_projects(stage: Stage) -> None:
    """Two projects, one ending well and one failing."""
    stage.session("p").turn("[[ok]]")
    stage.session("other").turn("[[401]]")


@dataclass(frozen=True)
class Row:
    """A situation, the titles that our plugin publishes, and how many messages the usual one does."""

    play: Callable[[Stage], None]
    ours: tuple[str, ...]
    control: int


PERMISSION = "asking · needs permission"
QUESTION = "p · has a question"
TABLE = [
    Row(done, ("p · done",), 1),
    Row(tool, ("p · done",), 1),
    Row(error, ("p · error",), 2),
    Row(done_after_error, ("p · error", "p · done"), 3),
    Row(permission_open, (PERMISSION,), 0),
    Row(permission_approved, (PERMISSION, "asking · done"), 1),
    Row(permission_rejected, (PERMISSION, "asking · done"), 1),
    Row(question_open, (QUESTION,), 0),
    Row(question_answered, (QUESTION, "p · done"), 1),
    Row(question_rejected, (QUESTION, "p · done"), 1),
    Row(subagent, ("p · done",), 2),
    Row(subagent_permission, (PERMISSION, "asking · done"), 2),
    Row(abort, (), 2),
    Row(abort_during_retry, (), 1),
    Row(abort_subagent, (), 4),
    Row(retry, ("p · done",), 1),
    Row(queued, ("p · done",), 1),
    Row(two_sessions, ("p · done", "p · done"), 2),
    Row(two_projects, ("p · done", "other · error"), 3),
]
