"""Objects that several tasks have though nobody here starts these tasks.

A library starts no thread, and is called from many. That several of them call on one object is said
by how the object is made: it stands in a module whose functions are its methods; it takes the place
of a function; it is a descriptor; it keeps a lock, or its docstring says so. Each of these is a
fact about Python or about the source. An object of which none of them holds is nobody's but its
maker's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from racewright.review.facts import ClassFacts, Facts, FunctionFacts
from racewright.review.project import Project
from racewright.review.refs import Ref, last_word
from racewright.review.tasks import EXCLUDING

__all__ = ["Calls", "Sharing", "locks_by_itself", "sharings"]

#: By function: the project's functions that it calls, and the places of the calls in its list.
Calls: TypeAlias = Mapping[str, tuple[tuple[str, int], ...]]

_CONSTRUCTORS = re.compile(
    r"__(?:init|new|post_init|init_subclass|class_getitem|set_name|copy|deepcopy|reduce|reduce_ex"
    r"|getstate|setstate|getnewargs|del|enter|exit|aenter|aexit|repr|str|hash|eq|dir|sizeof)__$"
)
#: Words of methods that are called with the object's lock held.
_HELD = re.compile(r"locked|holding|unsafe|unlocked|no_?lock|without_?lock")
#: Words of methods that are called when nobody else uses the object.
_ALONE = re.compile(
    r"^_*(?:start|open|init|set_?up|reset|close|stop|shut_?down|terminate|tear_?down|clear_all|clean"
    r"|dispose|join|configure|connect|disconnect|install|register|run(?:_|$)|main$|serve)|fork"
)
#: Words of what takes a lock.
_ACQUIRES = re.compile(r"(?:^|_)(?:acquire|lock)(?:_|$)")


@dataclass(frozen=True, slots=True)
class Sharing:
    """Functions that several tasks may run at the same time on one object."""

    name: str  #: of the object, or of its class
    starts: tuple[str, ...]
    file: str
    line: int
    why: str  #: who shares it, as a sentence of the evidence
    given: tuple[tuple[str, Ref], ...] = ()  #: parameters of the first that are shared as well
    #: The attributes that are shared, with an access that says so; nothing if all of them are.
    guarded: tuple[tuple[str, str], ...] | None = None


def sharings(project: Project, calls: Calls) -> Iterator[Sharing]:
    """All that the files say; ``calls`` are those of each function."""
    under = _called_under_locks(project, calls)
    yield from _objects_of_modules(project)
    decorators = _decorating_classes(project)
    # Of a base and its subclasses, the base first: what is said of it is said once.
    every = sorted(project.classes.items(), key=lambda each: len(project.order_of(each[0])))
    for name, facts in every:
        if project.file_of[name].is_test:
            continue
        yield from _in_place_of_a_function(project, facts, decorators)
        yield from _descriptor(project, facts)
        yield from _keeper_of_a_lock(project, facts, under)


def locks_by_itself(function: FunctionFacts) -> bool:
    """Whether it calls something that takes a lock, and is not known for it."""
    return any(_ACQUIRES.search(last_word(call.callee)) for call in function.calls)


def _short(name: str) -> str:
    return ".".join(name.split(".")[-2:])


# --- Objects that modules keep ---


def _objects_of_modules(project: Project) -> Iterator[Sharing]:
    """``_inst = Random(); gauss = _inst.gauss``: functions that are methods of one object."""
    at_import = _decorating_functions(project)
    for facts in project.files:
        if facts.is_test:
            continue
        methods: dict[str, dict[str, str]] = defaultdict(dict)
        for word, method in _named(facts):
            holder, _, _ = method.rpartition(".")
            one, value = project.evaluate(("name", holder)), project.evaluate(("name", method))
            is_one = one is not None and one.kind == "instance" and one.name in project.classes
            if one is not None and "threading.local" in project.order_of(one.name):
                continue  # each thread has its own
            name = value.name if value is not None else ""
            if is_one and name in project.functions and name not in at_import:
                methods[holder][word] = name
        for holder, found in sorted(methods.items()):
            words = [f"{word}()" for word in sorted(found)]
            some = words[0] if len(words) == 1 else f"{words[0]} and {words[-1]}"
            yield Sharing(
                holder,
                tuple(sorted({*found.values()})),
                facts.file,
                1,
                f"{some} of {facts.module} are methods of one object, {_short(holder)}, which all "
                "threads that import the module have.",
            )


def _named(facts: Facts) -> Iterator[tuple[str, str]]:
    """The public names of a module that stand for a method of an object which it keeps."""
    for word, values in facts.variables:
        ref = values[0] if len(values) == 1 else None
        method = str(ref[1]) if ref is not None and ref[0] == "name" else ""
        if (
            not word.startswith("_")
            and method.rpartition(".")[0].rpartition(".")[0] == facts.module
        ):
            yield word, method


def _decorating_functions(project: Project) -> frozenset[str]:
    """What decorates functions: it is called when modules are imported."""
    found = set()
    for function in project.functions.values():
        for ref in function.decorated_by:
            value = project.evaluate(ref[1] if ref[0] == "new" else ref)
            if value is not None and value.kind == "function":
                found.add(value.name)
    return frozenset(found)


# --- Objects that stand where a function or an attribute is looked for ---


def _decorating_classes(project: Project) -> dict[str, FunctionFacts]:
    """The classes that decorate a function themselves, and one that each of them decorates."""
    found: dict[str, FunctionFacts] = {}
    for function in project.functions.values():
        for ref in function.decorated_by:
            value = project.evaluate(ref) if ref[0] == "name" else None
            if value is not None and value.kind == "class":
                found.setdefault(value.name, function)
    return found


def _in_place_of_a_function(
    project: Project, facts: ClassFacts, decorators: dict[str, FunctionFacts]
) -> Iterator[Sharing]:
    call = f"{facts.name}.__call__"
    if call not in project.functions or project.functions[call].is_async:
        return
    function = decorators.get(facts.name)
    if not facts.is_a_function and function is None:
        return
    how = (
        f"{_short(function.name)} is decorated with it"
        if function is not None
        else "it makes itself look like the function that it is given"
    )
    file = project.file_of[facts.name].file
    yield Sharing(
        facts.name,
        (call,),
        file,
        facts.line,
        f"An object of {_short(facts.name)} takes the place of a function ({how}): whoever calls "
        "the function runs __call__ on this one object, in any thread.",
    )


def _descriptor(project: Project, facts: ClassFacts) -> Iterator[Sharing]:
    get = f"{facts.name}.__get__"
    parameters = project.functions[get].parameters if get in project.functions else ()
    if len(parameters) < 2:
        return
    owner: Ref = ("local", facts.name, parameters[1])
    yield Sharing(
        facts.name,
        (get,),
        project.file_of[facts.name].file,
        facts.line,
        f"{_short(facts.name)} is a descriptor, one object in the body of a class: each look at "
        "the attribute runs its __get__, in whichever thread looks.",
        ((parameters[1], owner),),
    )


# --- Objects that are made for threads ---


def _called_under_locks(project: Project, calls: Calls) -> frozenset[str]:
    """The functions that are called here, and never without a lock."""
    free: set[str] = set()
    under: set[str] = set()
    for name, found in calls.items():
        function = project.functions[name]
        for callee, place in found:
            is_held = function.calls[place].held or function.on_entry or _HELD.search(name)
            (under if is_held else free).add(callee)
    return frozenset(under - free)


def _keeper_of_a_lock(
    project: Project, facts: ClassFacts, under: frozenset[str]
) -> Iterator[Sharing]:
    name = facts.name
    locks = {} if facts.is_said_safe else _locks_of(project, facts)
    if not locks and not facts.is_said_safe:
        return
    if "threading.Thread" in project.order_of(name) or {"acquire", "release"} <= {*facts.methods}:
        return  # its own task, or a lock itself
    methods = [f"{name}.{word}" for word in facts.methods if _is_open(project, name, word)]
    starts = [each for each in methods if each not in under]
    guarded = None
    why = f"The docstring of {_short(name)} says that threads may share an object."
    if locks:
        guarded = tuple(_guarded(project, facts, locks).items())
        words = ", ".join(sorted({*locks.values()}))
        why = f"{_short(name)} keeps locks ({words}): its objects are made for several threads."
    if starts and guarded != ():
        file = project.file_of[name].file
        yield Sharing(name, tuple(starts), file, facts.line, why, guarded=guarded)


def _guarded(project: Project, facts: ClassFacts, locks: dict[str, str]) -> dict[str, str]:
    """The attributes that some method uses with one of ``locks`` held, and where; and the
    containers of locks."""
    found = {word: "" for name, word in locks.items() if name.endswith("()")}
    for word in facts.methods:
        function = project.functions.get(f"{facts.name}.{word}")
        if function is None or _CONSTRUCTORS.search(word) or _ALONE.search(word):
            continue
        for access in function.accesses:
            held = project.locks((*access.held, *function.on_entry))
            if access.owner == ("self", facts.name) and held & locks.keys():
                place = f"{project.file_of[facts.name].file}:{access.line}"
                found[access.word] = found.get(access.word) or place
    return found


def _is_open(project: Project, class_name: str, word: str) -> bool:
    """Whether any thread may call the method."""
    function = project.functions.get(f"{class_name}.{word}")
    if function is None or function.is_async:
        return False
    is_private = word.startswith("_") and not word.endswith("__")
    return not (is_private or any(each.search(word) for each in (_CONSTRUCTORS, _ALONE, _HELD)))


def _locks_of(project: Project, facts: ClassFacts) -> dict[str, str]:
    """The locks that an object of the class keeps, and in which attributes."""
    found = {}
    for each in project.order_of(facts.name):
        kept = project.classes.get(each)
        if kept is None:
            continue
        for word, values in kept.attributes:
            if any(_is_lock(project, value) for value in values if value is not None):
                found[project.lock_name(("attr", ("self", facts.name), word))] = word
        for word, maker in kept.contents:
            if _is_lock(project, ("new", maker)):
                found[project.lock_name(("item", ("attr", ("self", facts.name), word)))] = word
    return found


def _is_lock(project: Project, ref: Ref) -> bool:
    value = project.evaluate(ref)
    if value is None or value.kind != "instance":
        return False
    return any(each in EXCLUDING for each in project.order_of(value.name))
