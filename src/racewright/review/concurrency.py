"""Which functions several tasks run, on which objects, and with which locks held.

A *side* is a task root with everything it calls, or *outside*: whoever calls the functions that
nobody here starts as a task. Along each call the locks held are carried on, and what is kept for
a function is what is held on every path to it. Whether two sides are on one object is followed
through ``self``: a bound method that a task runs, and what that calls on ``self``, is on the object
that the starter has, too. Where the object is another, or not known, nothing is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from racewright.review.facts import Access, Call, FunctionFacts, Spawn
from racewright.review.handlers import handlers
from racewright.review.locations import ITSELF
from racewright.review.project import Project
from racewright.review.refs import Ref
from racewright.review.sharing import Sharing, locks_by_itself, sharings
from racewright.review.sides import CALLERS, Root, SharedAccess, Side
from racewright.review.tasks import CONTAINERS, PREEMPTIVE

__all__ = ["CALLERS", "Concurrency", "Root", "SharedAccess", "Side", "have_one_object"]

_Made = TypeVar("_Made")
_DEEPEST = 8
_NONE: frozenset[str] = frozenset()
_ANY = frozenset({""})
#: Before the name of an object that only a closure has: nobody from outside can come to it.
_CLOSED = "closed:"
_CONSTRUCTORS = ("__init__", "__new__", "__init_subclass__", "__post_init__", "setUp", "setup")


class Concurrency:
    """The sides of a project, and what each of them does to each location."""

    def __init__(self, project: Project) -> None:
        self.project = project
        for function, place in project.spawned_by:
            spawn = function.spawns[place]
            for word, ref in self._passed(spawn):
                project.given.setdefault((self._target_of(spawn), word), ref)
        self.calls = {
            name: tuple(project.calls_of(function)) for name, function in project.functions.items()
        }
        self.roots = tuple(self._roots())
        self.sides = [self._follow(root) for root in self.roots if root.kind in PREEMPTIVE]
        self.outside = self._outside() if self.sides else Side(None)
        #: Callers of objects that are shared, whoever they are: one side each.
        self.callers = [self._follow_callers(each) for each in sharings(project, self.calls)]
        self.locations = self._locations()
        self._kept: dict[Callable[[Concurrency], Any], Any] = {}

    def once(self, make: Callable[[Concurrency], _Made]) -> _Made:
        """``make(self)``, made when it is first asked for: what several rules look up here."""
        if make not in self._kept:
            self._kept[make] = make(self)
        made: _Made = self._kept[make]
        return made

    # --- Roots ---

    def _roots(self) -> Iterator[Root]:
        project = self.project
        # Tasks that are given different objects are not several of one.
        seen = Counter(
            (function.name, spawn.kind, spawn.target, spawn.arguments)
            for function, place in project.spawned_by
            for spawn in (function.spawns[place],)
        )
        for function, place in project.spawned_by:
            spawn = function.spawns[place]
            count = seen[function.name, spawn.kind, spawn.target, spawn.arguments]
            yield from self._root_of(function, spawn, spawn.is_many or count > 1)
        for function in project.functions.values():
            if function.starts_as:
                yield Root(
                    function.starts_as,
                    function.name,
                    project.file_of[function.name].file,
                    function.line,
                    "",
                    False,
                    True,
                )
        yield from self._subclasses_of_thread()
        yield from handlers(project)

    def _root_of(self, function: FunctionFacts, spawn: Spawn, is_many: bool) -> Iterator[Root]:
        value = self.project.evaluate(spawn.target)
        if value is None or value.kind != "function":
            return
        file = self.project.file_of[function.name].file
        owner = spawn.target[1] if spawn.target[0] == "attr" else None
        yield Root(
            spawn.kind,
            value.name,
            file,
            spawn.line,
            function.name,
            is_many and not spawn.is_own,
            owner is not None and owner[0] != "new",
            spawn.joined_at,
            f"{owner[1]}.{owner[2]}" if owner is not None and owner[0] == "local" else "",
            tuple(self._passed(spawn)),
        )

    def _passed(self, spawn: Spawn) -> Iterator[tuple[str, Ref]]:
        """The parameters of what is started, and what they are, where that is known."""
        target = self.project.functions.get(self._target_of(spawn))
        if target is None:
            return
        parameters = target.parameters[1:] if spawn.target[0] == "attr" else target.parameters
        for word, given in spawn.arguments:
            place = int(word)
            if place < len(parameters) and given[0] in ("local", "self", "name", "attr"):
                yield parameters[place], given

    def _target_of(self, spawn: Spawn) -> str:
        value = self.project.evaluate(spawn.target)
        return value.name if value is not None and value.kind == "function" else ""

    def _subclasses_of_thread(self) -> Iterator[Root]:
        for name in self.project.classes:
            order = self.project.order_of(name)
            if "threading.Thread" not in order[1:] or f"{name}.run" not in self.project.functions:
                continue
            run = self.project.functions[f"{name}.run"]
            file = self.project.file_of[name].file
            yield Root("thread", run.name, file, run.line, "", False, True)

    def _passed_to(self, side: Side, owner: Ref) -> Ref | None:
        """The one object that the starter gives to the parameter ``owner`` of a root."""
        root = side.root
        if root is None or owner[0] != "param" or root.function != owner[1]:
            return None
        return dict(root.given).get(str(owner[2]))

    # --- Following calls ---

    def _follow(self, root: Root) -> Side:
        side = Side(root)
        function = self.project.functions.get(root.function)
        if function is not None:
            is_shared = root.is_bound if function.class_name else self._has_self(function)
            objects = frozenset({root.one}) if is_shared else _NONE
            self._walk(side, [(root.function, frozenset(), objects)])
        return side

    def _follow_callers(self, sharing: Sharing) -> Side:
        root = Root(
            CALLERS,
            sharing.starts[0],
            sharing.file,
            sharing.line,
            "",
            True,
            True,
            given=sharing.given,
            why=sharing.why,
            guarded=sharing.guarded,
        )
        side = Side(root, words=frozenset(dict(sharing.guarded)) if sharing.guarded else None)
        self._walk(
            side, [(each, frozenset(), frozenset({sharing.name})) for each in sharing.starts]
        )
        for each in sharing.starts:
            side.callers.pop(each, None)  # nobody needs to come there by another
        functions = self.project.functions
        side.apart = frozenset(each for each in side.locks if locks_by_itself(functions[each]))
        return side

    def _has_self(self, function: FunctionFacts) -> bool:
        """Whether it stands in a method, whose ``self`` it can have."""
        outermost = function.name.partition(".<locals>.")[0]
        return bool(function.outer) and outermost.rpartition(".")[0] in self.project.classes

    def _outside(self) -> Side:
        """Everything that no task alone runs: public functions, and what these call."""
        side = Side(None)
        called = {name for calls in self.calls.values() for name, _ in calls}
        rooted = {root.function for root in self.roots}
        starts = []
        for name, function in self.project.functions.items():
            word = name.rpartition(".")[2]
            if name in rooted or word in _CONSTRUCTORS or function.outer:
                continue
            is_private = word.startswith("_") and not word.startswith("__")
            if name not in called or not is_private:
                starts.append((name, frozenset[str](), _ANY if function.class_name else _NONE))
        self._walk(side, starts)
        return side

    def _walk(self, side: Side, starts: list[tuple[str, frozenset[str], frozenset[str]]]) -> None:
        project = self.project
        waiting = [(*start, 0) for start in starts]
        while waiting:
            name, locks, objects, depth = waiting.pop()
            function = project.functions[name]
            before = side.locks.get(name)
            held = locks if before is None else before & locks
            known = side.shared.get(name, _NONE)
            if before is not None and held == before and objects <= known:
                continue
            side.locks[name] = held
            if objects:
                side.shared[name] = known | objects
            if depth >= _DEEPEST:
                continue
            for callee, place in self.calls[name]:
                call = function.calls[place]
                word = callee.rpartition(".")[2]
                if word in _CONSTRUCTORS:
                    continue
                inner = held | project.locks(call.held)
                side.callers.setdefault(callee, name)
                theirs = self._objects(side, name, objects, call, callee)
                waiting.append((callee, inner, theirs, depth + 1))

    def _objects(
        self, side: Side, name: str, objects: frozenset[str], call: Call, callee: str
    ) -> frozenset[str]:
        """On which shared objects ``call`` runs ``callee``."""
        if call.one and side.root is not None:
            return frozenset({_CLOSED + call.one})
        owner = call.callee[1] if call.callee[0] == "attr" else None
        given = self._passed_to(side, owner) if isinstance(owner, tuple) else None
        if given is not None and given[0] == "local":
            return frozenset({f"{_CLOSED}{given[1]}.{given[2]}"})
        if _stays(call.callee) or callee.startswith(f"{name}.<locals>."):
            return objects
        if call.callee[0] == "name" and self.project.functions[callee].class_name:
            # A method that is found by a name of a module is one of an object that it keeps.
            dotted = self.project.canonical(str(call.callee[1]))
            return _NONE if dotted in self.project.functions else _ANY
        return _NONE

    # --- Accesses ---

    def _locations(self) -> dict[str, list[SharedAccess]]:
        found: dict[str, list[SharedAccess]] = {}
        for side in [*self.sides, self.outside, *self.callers]:
            for name, locks in side.locks.items():
                function = self.project.functions[name]
                file = self.project.file_of[name].file
                for access in function.accesses:
                    location = self._location(side, function, access)
                    if location:
                        held = locks | self.project.locks(access.held)
                        held |= self.project.locks(function.on_entry)
                        objects = side.shared.get(name, _NONE)
                        kin = self.project.kin_of(access.owner)
                        shared = SharedAccess(side, function, access, held, file, objects, kin)
                        found.setdefault(location, []).append(shared)
        return found

    def _location(self, side: Side, function: FunctionFacts, access: Access) -> str:
        """One name for one place in memory, if several sides could have it."""
        owner = access.owner
        form = owner[0]
        is_caller = side.root is not None and side.root.kind == CALLERS
        if is_caller and not self._is_shared(side, function, access):
            return ""
        if form == "scope":
            return f"{owner[1]}:{access.word}"
        if form == "self":
            is_inside = function.name.startswith(f"{owner[1]}.")
            if not is_inside or function.name not in side.shared:
                return ""
            if access.word == ITSELF and not CONTAINERS & {*self.project.order_of(str(owner[1]))}:
                return ""
            return f"{self.project.owner_of(str(owner[1]), access.word)}.{access.word}"
        if form == "param":
            given = self._passed_to(side, owner)
            if given is None:
                return ""
            return self._of_object(given, access.word)
        if form == "name":
            return self._of_object(owner, access.word)
        return ""

    def _is_shared(self, side: Side, function: FunctionFacts, access: Access) -> bool:
        """Whether all callers of a side come to one place there, and nothing keeps them apart."""
        if access.owner[0] == "scope" and access.owner[1] not in self.project.modules:
            return False  # each call has its own
        is_attribute = access.owner[0] == "self" and access.detail != "compute"
        if is_attribute and self._is_property(str(access.owner[1]), access.word):
            return False  # where its functions keep it is not known
        is_guarded = side.words is None or access.word in side.words
        return is_guarded and function.name not in side.apart

    def _is_property(self, class_name: str, word: str) -> bool:
        """Whether the attribute is what functions make of others."""
        function = self.project.functions.get(self.project.find_method(class_name, word))
        return function is not None and function.is_property

    def _of_object(self, owner: Ref, word: str) -> str:
        if owner[0] == "name":
            value = self.project.evaluate(owner)
            if value is not None and value.kind in ("module", "function", "outside"):
                return f"{value.name}:{word}" if value.kind == "module" else ""
            return f"{self.project.canonical(str(owner[1]))}:{word}" if value is not None else ""
        if owner[0] == "local":
            return f"{owner[1]}.{owner[2]}:{word}"
        return ""


def _stays(callee: Ref) -> bool:
    """Whether a call goes to the same object, or to one that this object keeps."""
    owner = callee[1] if callee[0] == "attr" else None
    while owner is not None and isinstance(owner, tuple):
        if owner[0] in ("self", "super"):
            return True
        if owner[0] != "attr":
            return False
        owner = owner[1]
    return False


def have_one_object(one: SharedAccess, other: SharedAccess) -> bool:
    """Whether two accesses of one class' attribute may be on one object of the class."""
    if one.kin and other.kin and one.kin.isdisjoint(other.kin):
        return False  # of two classes that only have a base in common
    if not one.objects or not other.objects:
        return True
    every = one.objects | other.objects
    if "" not in every:
        ours = {each.removeprefix(_CLOSED) for each in one.objects}
        return any(each.removeprefix(_CLOSED) in ours for each in other.objects)
    if one.objects & other.objects:
        return True
    return not all(each.startswith(_CLOSED) for each in every - _ANY)
