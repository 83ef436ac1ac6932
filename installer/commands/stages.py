"""The stages that several commands share: plan, decide, verify."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from installer.commands.context import SCHEMA, Context
from installer.config import answers
from installer.engine import plan as planning
from installer.engine.apply import Decide, Decision, Restart
from installer.engine.plan import Plan, Step
from installer.engine.resources import Directory, File, Resource
from installer.engine.role import Role
from installer.engine.show import task_of
from installer.engine.state import ALL_PROOFS, State
from installer.engine.store import Memory
from installer.engine.system import PRIVATE_DIRECTORY, PRIVATE_FILE
from installer.errors import CHANGES_PENDING, FAILED, KEPT_EDIT, OK, InstallerError, UsageError, worst
from installer.events import Banner, Finding, Note
from installer.roles.all import ROLES
from installer.settings import Settings

ANSWERS_ROLE = "answers"
VERIFY = "verify"


def selected(context: Context, settings: Settings) -> list[Role]:
    """Return the roles of this call. Raise UsageError for a name that is none."""
    only = getattr(context.options, "only", None) or []
    skip = getattr(context.options, "skip", None) or []
    names = [role.name for role in ROLES]
    for name in [*only, *(each for each in skip if each != VERIFY)]:
        if name not in names:
            raise UsageError("role", f"there is no role '{name}'", f"there are: {', '.join(names)}")
    return [
        role
        for role in ROLES
        if role.name in settings.roles and role.name not in skip and (not only or role.name in only)
    ]


def make_plan(context: Context, settings: Settings, state: State) -> Plan:
    """Return the plan of an apply: the roles' resources and the answers to remember."""
    roles = selected(context, settings)
    wanted: list[tuple[str, Resource]] = [
        (role.name, resource) for role in roles for resource in role.tasks(settings, context.facts(role))
    ]
    wanted += [(ANSWERS_ROLE, each) for each in _answer_files(context, settings)]
    whole = len(roles) == len(settings.roles)
    prunable = None if whole else {ANSWERS_ROLE, *(role.name for role in roles)}
    return planning.build(context.system, state, wanted, prunable)


def _answer_files(context: Context, settings: Settings) -> list[Resource]:
    profile = context.profile or settings.profile
    places = context.places
    plain: bytes | None
    if answers.unchanged(settings, context.answers, profile):
        plain, secret = (context.system.look(each).content or None for each in (places.answers, places.secrets))
    else:
        plain, secret = answers.render(SCHEMA, settings, profile)
    files: list[Resource] = [Directory(places.config, PRIVATE_DIRECTORY)]
    if secret:
        files.append(File(places.secrets, secret, PRIVATE_FILE, secret=True, own=True))
    if plain:
        files.append(File(places.answers, plain, PRIVATE_FILE, own=True))
    return files


def remember(context: Context) -> Memory:
    """Return what the store knows, saying so where its file was damaged."""
    memory = context.store.load()
    if memory.damaged:
        text = "the state file was damaged; what this program wrote was worked out again from the journals"
        context.emit(Note(text, "warning"))
    return memory


def recovered(context: Context) -> State:
    """Return the state, after finishing what a killed run began. The lock is held."""
    memory = remember(context)
    if memory.damaged:
        context.emit(Note(f"the damaged file is kept as {context.store.set_damaged_aside()}"))
    context.store.recover(memory)
    return memory.state


def show_plan(context: Context, plan: Plan, *, diffs: bool) -> int:
    """Show a plan without carrying it out, and return the exit code it stands for."""
    for step in plan.steps:
        task = task_of(step, diffs=diffs, kept=bool(step.change.conflict) and _policy(context) != "overwrite")
        asked = task.status == "kept" and _policy(context) == "ask"
        context.emit(task._replace(hint="you will be asked what to do with it") if asked else task)
    if plan.failures:
        return FAILED
    codes = [CHANGES_PENDING if plan.acts else OK]
    if plan.conflicts and _policy(context) != "overwrite":
        codes = [KEPT_EDIT]
    return worst(codes)


def ask_consent(context: Context, plan: Plan, what: str) -> None:
    """Ask before anything is changed. Raise UsageError where nobody can be asked, InstallerError for a no."""
    if not plan.acts or plan.failures or context.options.yes:
        return
    if not context.can_ask:
        text = "this would change files, and nobody can be asked here"
        raise UsageError("consent", text, "give --yes, or look first with: installer plan")
    from installer import ask

    context.emit(Banner(f"{what} — this would change:"))
    show_plan(context, Plan(tuple(step for step in plan.steps if step.change.acts)), diffs=True)
    if not ask.confirm("Go ahead?", plain=context.options.no_tty):
        raise InstallerError("declined", "nothing was changed", "run again when you like")


def _policy(context: Context) -> str:
    given: str | None = getattr(context.options, "on_conflict", None)
    return given or ("ask" if context.can_ask else "keep")


def decide(context: Context) -> Decide:
    """Return how conflicts are decided in this call. Raise InstallerError at the first one under `fail`."""
    policy = _policy(context)

    def answer(step: Step) -> Decision:
        if policy == "fail":
            text = f"{step.name} {step.change.reason}; nothing was changed"
            raise InstallerError("conflict", text, "run again with --on-conflict keep or overwrite")
        if policy == "ask" and context.can_ask:
            from installer import ask

            return ask.conflict(step, plain=context.options.no_tty)
        return "overwrite" if policy == "overwrite" else "keep"

    return answer


def restarts(context: Context, settings: Settings) -> dict[str, Restart]:
    """Return how the roles of this call bring up again what must be restarted."""

    def bound(role: Role, name: str) -> Callable[[], str]:
        return lambda: role.restarts[name](context.inspection(role, settings))

    return {name: bound(role, name) for role in selected(context, settings) for name in role.restarts}


def run_checks(
    context: Context, settings: Settings, roles: Iterable[Role], wanted: Callable[[str], bool]
) -> list[Finding]:
    """Run the checks whose name is wanted and show what each found; `--offline` leaves the active ones out."""
    offline = getattr(context.options, "offline", False)
    findings = []
    for role in roles:
        for check in role.checks:
            if not wanted(check.name) or (offline and check.active):
                continue
            found = check.run(context.inspection(role, settings))
            context.emit(found)
            findings.append(found)
    return findings


def verify(context: Context, settings: Settings, state: State, *, changed: bool) -> int:
    """Run the proofs that are due, remember those that failed, and return the exit code they stand for."""
    if VERIFY in (getattr(context.options, "skip", None) or []):
        return OK
    everything = changed or context.options.verify or ALL_PROOFS in state.owed
    if not everything and not state.owed:
        return OK
    roles = selected(context, settings)
    findings = run_checks(context, settings, roles, lambda name: everything or name in state.owed)
    owed = _still_owed(settings, state, findings)
    if owed != state.owed:
        context.store.save(replace(state, owed=owed))
    return FAILED if any(each.status == "failed" for each in findings) else OK


def _still_owed(settings: Settings, state: State, findings: list[Finding]) -> tuple[str, ...]:
    """Return the proofs that failed, and those that were due and not tried because of --only or --skip."""
    known = [check.name for role in ROLES if role.name in settings.roles for check in role.checks]
    due = known if ALL_PROOFS in state.owed else state.owed
    outcome = {each.check: each.status for each in findings}
    failed = {name for name, status in outcome.items() if status == "failed"}
    return tuple(name for name in known if name in failed or (name in due and name not in outcome))
