"""A signal handler that needs a lock which the code it interrupts may be holding.

What it finds
-------------
A function given to ``signal.signal`` that, itself or through calls, acquires a plain lock which
other functions of the main thread acquire as well; or uses a ``queue.Queue`` that they use as well;
or writes, without the lock, what another function reads and writes back under one. Handlers,
objects and locks are followed as for ``unlocked-read-modify-write``. Not found are reentrant locks,
``queue.SimpleQueue``, what only threads hold, a flag that is set, and handlers of an event loop,
which are called between two steps of it.

Why it matters
--------------
Python runs a handler in the main thread, between any two of its instructions. If the main thread is
inside of the lock just then, the handler waits for a release that can only come after it has
returned: the process hangs, and takes no further signal. State that is written in the middle of a
section is overwritten when the section goes on.

Example
-------
::

    import signal
    import threading

    class Server:
        def __init__(self):
            self.lock = threading.Lock()
            self.jobs = []
            signal.signal(signal.SIGHUP, self.reload)

        def add(self, job):
            with self.lock:
                self.jobs.append(job)

        def reload(self, number, frame):
            with self.lock:
                self.jobs.clear()

Instead
-------
::

    import signal
    import threading

    class Server:
        def __init__(self):
            self.lock = threading.Lock()
            self.jobs = []
            self.must_reload = False
            signal.signal(signal.SIGHUP, self.note)

        def add(self, job):
            with self.lock:
                if self.must_reload:
                    self.must_reload = False
                    self.jobs.clear()
                self.jobs.append(job)

        def note(self, number, frame):
            self.must_reload = True

How it is proved
----------------
By reading alone: runs under control deliver no signals of their own. A signal that is raised inside
of the section shows the deadlock.

References
----------
CWE-479, signal handler use of a non-reentrant function; CWE-364, signal handler race condition.
``signal``, "Signals and threads": synchronisation primitives such as ``threading.Lock`` should not
be used within signal handlers. ``queue.SimpleQueue.put``, which may be called there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency, Root
from racewright.review.facts import Access, FunctionFacts
from racewright.review.project import Project
from racewright.review.refs import Ref
from racewright.review.rule import Rule
from racewright.review.tasks import QUEUES

__all__ = ["UnsafeSignalHandler"]

_PLAIN = frozenset({"threading.Lock", "_thread.allocate_lock", "multiprocessing.Lock"})
_LOCKED_QUEUES = QUEUES - {"queue.SimpleQueue"}
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class _Use:
    """A line that needs a lock, and the function that it stands in."""

    function: FunctionFacts
    line: int


class UnsafeSignalHandler(Rule):
    title = "A signal handler may need what the code that it interrupts holds"
    kind = "defect"
    cwe = 479
    fix = "none"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        handlers = [root for root in concurrency.roots if root.kind == "signal"]
        if not handlers:
            return
        ways = {root: _reached(concurrency, root) for root in handlers}
        inside = {name for way in ways.values() for name in way}
        uses = _uses(concurrency, inside)
        for root, way in ways.items():
            yield from self._locks(concurrency, root, way, uses)
            yield from self._state(concurrency, root, way, inside)

    def _locks(
        self,
        concurrency: Concurrency,
        root: Root,
        way: dict[str, str],
        uses: dict[str, _Use],
    ) -> Iterator[Finding]:
        told = set()
        for name in way:
            function = concurrency.project.functions[name]
            for lock, line in _needed(concurrency.project, function):
                other = uses.get(lock)
                if other is None or lock in told:
                    continue
                told.add(lock)
                yield self._of_lock(
                    concurrency.project, root, way, lock, _Use(function, line), other
                )

    def _of_lock(
        self,
        project: Project,
        root: Root,
        way: dict[str, str],
        lock: str,
        use: _Use,
        other: _Use,
    ) -> Finding:
        is_queue = lock.startswith("queue ")
        word = lock.removeprefix("queue ").rpartition(".")[2]
        what = f"the queue {word}, whose lock" if is_queue else f"{word}, which"
        return self.finding(
            [_place(project, use), _place(project, other)],
            title=f"A signal handler waits for {word}, which the main thread may hold",
            defect=(
                f"The handler uses {what} the main thread may hold when the signal comes. The "
                "handler then waits for what it keeps from going on."
            ),
            facts=[
                *_story(root, way, use),
                f"{project.file_of[other.function.name].file}:{other.line} takes it in "
                f"{_short(other.function.name)}; it is not reentrant.",
            ],
            solution=(
                "Put into a queue.SimpleQueue, which may be interrupted, and read that outside."
                if is_queue
                else "Only note in the handler that the signal came, and act on that outside."
            ),
            corrected="" if is_queue else "self.is_asked_to_stop = True  # all that a handler does",
        )

    def _state(
        self, concurrency: Concurrency, root: Root, way: dict[str, str], inside: set[str]
    ) -> Iterator[Finding]:
        project = concurrency.project
        for name in way:
            function = project.functions[name]
            told = set()
            for access in function.accesses:
                if access.kind == "read" or access.held or access.word in told:
                    continue
                if access.owner[0] not in ("self", "scope"):
                    continue
                for other, there in _guarded(concurrency, function, access, inside):
                    told.add(access.word)
                    yield self._of_state(
                        project, root, way, _Use(function, access.line), other, there
                    )
                    break

    def _of_state(
        self,
        project: Project,
        root: Root,
        way: dict[str, str],
        use: _Use,
        other: FunctionFacts,
        there: Access,
    ) -> Finding:
        lock = sorted(project.locks(there.held))[0].rpartition(".")[2]
        return self.finding(
            [_place(project, use), _place(project, _Use(other, there.line))],
            title=f"A signal handler writes {there.word} in the middle of another's section",
            defect=(
                f"The handler writes {there.word}, and may do so while the main thread, holding "
                f"{lock}, is between reading and writing it. What the handler wrote is then lost."
            ),
            facts=[
                *_story(root, way, use),
                f"{project.file_of[other.name].file}:{there.line} reads and writes it under {lock} "
                f"in {_short(other.name)}.",
            ],
            solution="Only note in the handler that the signal came, and act on that outside.",
        )


def _reached(concurrency: Concurrency, root: Root) -> dict[str, str]:
    """The functions that the handler runs, each with its caller."""
    found: dict[str, str] = {}
    waiting = [(root.function, "", 0)]
    while waiting:
        name, caller, depth = waiting.pop(0)
        if name in found or name not in concurrency.project.functions:
            continue
        found[name] = caller
        if depth < _DEEPEST:
            waiting += [(callee, name, depth + 1) for callee, _ in concurrency.calls[name]]
    return found


def _needed(project: Project, function: FunctionFacts) -> Iterator[tuple[str, int]]:
    """The plain locks that the function waits for, a queue's own included, by name."""
    for acquire in function.acquires:
        if project.lock_maker(acquire.lock) in _PLAIN:
            yield project.lock_name(acquire.lock), acquire.line
    for call in function.calls:
        owner, word = _split(call.callee)
        if word in ("get", "put", "join") and project.lock_maker(owner) in _LOCKED_QUEUES:
            yield f"queue {project.lock_name(owner)}", call.line


def _split(callee: Ref) -> tuple[Ref, str]:
    """Whose method it is, and which; nothing for what is no method."""
    if callee[0] == "attr":
        return callee[1], str(callee[2])
    if callee[0] == "name":
        owner, _, word = str(callee[1]).rpartition(".")
        return ("name", owner), word
    return callee, ""


def _uses(concurrency: Concurrency, inside: set[str]) -> dict[str, _Use]:
    """For each lock, where the main thread takes it outside of handlers."""
    found: dict[str, _Use] = {}
    for name, function in concurrency.project.functions.items():
        if name not in inside and _is_on_main(concurrency, name):
            for lock, line in _needed(concurrency.project, function):
                found.setdefault(lock, _Use(function, line))
    return found


def _is_on_main(concurrency: Concurrency, name: str) -> bool:
    """Whether the function runs elsewhere than in the tasks that the project starts."""
    word = name.rpartition(".")[2]
    if word in ("__init__", "__new__", "__del__"):
        return False
    return not concurrency.sides or name in concurrency.outside.locks


def _guarded(
    concurrency: Concurrency, function: FunctionFacts, access: Access, inside: set[str]
) -> Iterator[tuple[FunctionFacts, Access]]:
    """Reads with a write that follows, of the same place under a lock, outside of handlers."""
    for name, other in concurrency.project.functions.items():
        if name in inside or other.class_name != function.class_name:
            continue
        if not _is_on_main(concurrency, name):
            continue
        for there in other.accesses:
            is_same = there.owner == access.owner and there.word == access.word
            if is_same and there.kind in ("update", "check") and there.held:
                yield other, there


def _place(project: Project, use: _Use) -> Place:
    facts = project.file_of[use.function.name]
    words = use.function.name.removeprefix(facts.module + ".")
    return Place(facts.file, use.line, use.line, 1, words)


def _story(root: Root, way: dict[str, str], use: _Use) -> list[str]:
    """How the handler comes to the line."""
    steps = [use.function.name]
    while way[steps[0]]:
        steps.insert(0, way[steps[0]])
    told = [f"{root} makes {_short(root.function)} the handler of a signal."]
    if len(steps) > 1:
        words = " → ".join(each.rpartition(".")[2] for each in steps)
        told.append(f"It comes to line {use.line} by {words}.")
    return told


def _short(name: str) -> str:
    return ".".join(name.replace("<locals>.", "").split(".")[-2:])
