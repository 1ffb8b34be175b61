"""The files of a review joined: names across files, classes with their bases, and values.

``evaluate`` turns a reference into a :class:`Value`: a function, a class or an instance of the
project's, or something from outside by its dotted name. What has two possible answers has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from racewright.review.facts import ClassFacts, Facts, FunctionFacts
from racewright.review.refs import Ref

__all__ = ["Project", "Value"]

_DEEPEST = 12
#: Classes in the order of one, beyond which no method is looked for.
_MOST_BASES = 200
_CLASSES = ("class", "outside")
_OWNERS = ("self", "local")


@dataclass(frozen=True, slots=True)
class Value:
    """What a reference stands for."""

    kind: str  #: function, class, instance (of the class ``name``), module, variable or outside
    name: str
    bound_to: str = ""  #: of a method: the class it was looked up in


class Project:
    """All facts of a review, by name."""

    def __init__(self, facts: Iterable[Facts]) -> None:
        self.files = sorted(facts, key=lambda each: each.file)
        self.modules = {each.module: each for each in reversed(self.files)}
        self.functions: dict[str, FunctionFacts] = {}
        self.classes: dict[str, ClassFacts] = {}
        self.file_of: dict[str, Facts] = {}  #: of a function or class, by its dotted name
        for each in self.files:
            for kept in each.classes:
                self.classes.setdefault(kept.name, kept)
                self.file_of.setdefault(kept.name, each)
            for function in each.functions:
                self.functions.setdefault(function.name, function)
                self.file_of.setdefault(function.name, each)
        self._attributes = {each.name: dict(each.attributes) for each in self.classes.values()}
        self._variables = {each.module: dict(each.variables) for each in self.files}
        self._imports = {each.module: dict(each.imports) for each in self.files}
        self._methods = {each.name: frozenset(each.methods) for each in self.classes.values()}
        self._canonical: dict[str, str] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._values: dict[Ref, Value | None] = {}
        #: What an evaluation has come to below itself, by how deep that is.
        self._below: dict[tuple[Ref, int], Value | None] = {}
        self.given: dict[tuple[str, str], Ref] = {}  #: what a parameter is known to be

    # --- Names ---

    def canonical(self, dotted: str) -> str:
        """The name under which ``dotted`` was defined, through re-exports and aliases."""
        if dotted not in self._canonical:
            self._canonical[dotted] = dotted  # against circles
            self._canonical[dotted] = self._find(dotted, 0)
        return self._canonical[dotted]

    def _find(self, dotted: str, depth: int) -> str:
        if depth > _DEEPEST or dotted in self.functions or dotted in self.classes:
            return dotted
        parts = dotted.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            head, word, rest = ".".join(parts[:cut]), parts[cut], parts[cut + 1 :]
            if head in self.modules:
                if f"{head}.{word}" in self.modules and not rest:
                    return dotted
                target = self._imports[head].get(word) or self._from_star(head, word)
                if target and target != f"{head}.{word}":
                    return self._find(".".join([target, *rest]), depth + 1)
                return dotted
        return dotted

    def _from_star(self, module: str, word: str) -> str:
        """What ``word`` is in a module that says ``from other import *``."""
        for other in self.modules[module].stars:
            if other in self.modules and self._defines(other, word):
                return f"{other}.{word}"
        return ""

    def _defines(self, module: str, word: str) -> bool:
        dotted = f"{module}.{word}"
        return (
            dotted in self.functions
            or dotted in self.classes
            or word in self._variables[module]
            or word in self._imports[module]
        )

    def order_of(self, class_name: str) -> tuple[str, ...]:
        """The class and its bases, nearest first; those from outside end the list they are in."""
        if class_name not in self._orders:
            self._orders[class_name] = (class_name,)  # against circles
            found: dict[str, None] = {}
            stack = [class_name]
            while stack and len(found) < _MOST_BASES:
                name = stack.pop()
                if name not in found:
                    found[name] = None
                    stack += reversed(self._bases_of(name))
            self._orders[class_name] = tuple(found)
        return self._orders[class_name]

    def _bases_of(self, class_name: str) -> tuple[str, ...]:
        """What the class itself names, as far as it is known."""
        if class_name not in self._bases:
            self._bases[class_name] = ()  # against circles
            facts = self.classes.get(class_name)
            values = [self.evaluate(base) for base in facts.bases] if facts is not None else []
            self._bases[class_name] = tuple(
                each.name for each in values if each is not None and each.kind in _CLASSES
            )
        return self._bases[class_name]

    def is_a(self, class_name: str, dotted: str) -> bool:
        return dotted in self.order_of(class_name)

    def find_method(self, class_name: str, word: str) -> str:
        """The dotted name of the method that an instance of the class has, or nothing."""
        for each in self.order_of(class_name):
            if word in self._methods.get(each, ()):
                return f"{each}.{word}"
        return ""

    @cached_property
    def below(self) -> dict[str, frozenset[str]]:
        """The project's classes that are derived from each class, itself among them."""
        found: dict[str, set[str]] = {}
        for name in self.classes:
            for base in self.order_of(name):
                found.setdefault(base, set()).add(name)
        return {name: frozenset(every) for name, every in found.items()}

    def kin_of(self, owner: Ref) -> frozenset[str]:
        """The classes that ``self`` in a method may be of; nothing of another owner."""
        return self.below.get(str(owner[1]), frozenset()) if owner[0] == "self" else frozenset()

    def values_of(self, class_name: str, word: str) -> tuple[Ref | None, ...]:
        """What the class, or the nearest base that does so, assigns to the attribute ``word``."""
        for each in self.order_of(class_name):
            if word in self._attributes.get(each, ()):
                return self._attributes[each][word]
        return ()

    def owner_of(self, class_name: str, word: str) -> str:
        """The class among the bases, farthest first, that assigns the attribute ``word``."""
        for each in reversed(self.order_of(class_name)):
            if word in self._attributes.get(each, ()):
                return each
        return class_name

    # --- Values ---

    def evaluate(self, ref: Ref | None, depth: int = 0) -> Value | None:
        """What ``ref`` stands for, or nothing where that is open."""
        if ref is None or depth > _DEEPEST:
            return None
        if ref in self._values:
            return self._values[ref]
        if depth == 0:
            self._values[ref] = None  # against circles
            self._below.clear()
            self._values[ref] = value = self._evaluate(ref, depth)
            return value
        # An attribute may be kept and set back in many places: it is asked for from each of them.
        key = (ref, depth)
        if key not in self._below:
            self._below[key] = self._evaluate(ref, depth)
        return self._below[key]

    def _evaluate(self, ref: Ref, depth: int) -> Value | None:
        form = ref[0]
        if form == "name":
            return self._named(str(ref[1]), depth)
        if form == "star":
            dotted = f"{ref[1]}.{ref[2]}"
            return self._named(dotted, depth) if self.canonical(dotted) != dotted else None
        if form == "self":
            return Value("instance", self.canonical(str(ref[1])))
        if form == "local":
            return self.evaluate(ref[3], depth + 1)
        if form == "param":
            return self.evaluate(self.given.get((ref[1], ref[2])), depth + 1)
        if form == "new":
            return self._called(self.evaluate(ref[1], depth + 1), depth)
        if form == "attr":
            return self._attribute(ref, depth)
        return None

    def _named(self, dotted: str, depth: int) -> Value | None:
        name = self.canonical(dotted)
        if name in self.functions:
            return Value("function", name, self.functions[name].class_name)
        if name in self.classes:
            return Value("class", name)
        if name in self.modules:
            return Value("module", name)
        head, _, word = name.rpartition(".")
        if head in self._variables and word in self._variables[head]:
            return self._one_of(self._variables[head][word], depth)
        if head in self.classes:
            return self._member(head, word, depth)
        owner = self._owner(head, depth)
        if owner is not None:
            return self._member(owner.name, word, depth)
        if head in self.modules or name.split(".")[0] in self.modules:
            return None
        return Value("outside", name)

    def _owner(self, dotted: str, depth: int) -> Value | None:
        """The instance of a class of the project that a module keeps under that name."""
        head, _, word = self.canonical(dotted).rpartition(".")
        if word not in self._variables.get(head, ()):
            return None
        value = self._one_of(self._variables[head][word], depth)
        is_ours = value is not None and value.kind == "instance" and value.name in self.classes
        return value if is_ours else None

    def _called(self, callee: Value | None, depth: int) -> Value | None:
        if callee is None:
            return None
        if callee.kind == "class":
            return Value("instance", callee.name)
        if callee.kind == "function":
            function = self.functions[callee.name]
            return None if function.is_async else self.evaluate(function.returns, depth + 1)
        return Value("instance", callee.name) if callee.kind == "outside" else None

    def _attribute(self, ref: Ref, depth: int) -> Value | None:
        word = str(ref[2])
        if ref[1][0] == "super":
            bases = self.order_of(str(ref[1][1]))[1:]
            for each in bases:
                if word in self._methods.get(each, ()):
                    return Value("function", f"{each}.{word}", each)
            return None
        owner = self.evaluate(ref[1], depth + 1)
        if owner is None:
            return None
        if owner.kind in ("instance", "class") and owner.name in self.classes:
            return self._member(owner.name, word, depth)
        if owner.kind == "module":
            return self._named(f"{owner.name}.{word}", depth)
        return Value("outside", f"{owner.name}.{word}") if owner.kind != "function" else None

    def _member(self, class_name: str, word: str, depth: int) -> Value | None:
        method = self.find_method(class_name, word)
        if method:
            function = self.functions.get(method)
            if function is not None and function.is_property:
                return self.evaluate(function.returns, depth + 1)
            return Value("function", method, class_name)
        values: list[Ref | None] = []
        for each in self.order_of(class_name):
            values += self._attributes.get(each, {}).get(word, ())
        if values:
            return self._one_of(values, depth)
        outside = [each for each in self.order_of(class_name) if each not in self.classes]
        return Value("outside", f"{outside[0]}.{word}") if len(outside) == 1 else None

    def _one_of(self, values: Iterable[Ref | None], depth: int) -> Value | None:
        found = {self.evaluate(v, depth + 1) for v in values if v != ("none",)}
        return found.pop() if len(found) == 1 else None

    # --- Locks ---

    def lock_name(self, ref: Ref, depth: int = 0) -> str:
        """One name for one lock, wherever it is spoken of; of an instance's, by its class.

        A condition over a lock is that lock.
        """
        below = self.made_over(ref)
        if below is not None and depth < _DEEPEST:
            return self.lock_name(below, depth + 1)
        form = ref[0]
        if form == "attr":
            owner = self.evaluate(ref[1])
            if owner is not None and owner.kind in ("instance", "class"):
                return f"{self.owner_of(owner.name, str(ref[2]))}.{ref[2]}"
            return f"{self.lock_name(ref[1])}.{ref[2]}"
        if form == "name":
            return self.canonical(str(ref[1]))
        if form in ("local", "param", "star", "var"):
            return f"{ref[1]}.{ref[2]}"
        if form in ("new", "item"):
            return f"{self.lock_name(ref[1])}()"
        return str(ref[1])

    def made_over(self, ref: Ref) -> Ref | None:
        """The lock that ``ref`` is another name of, or that it was given as a condition."""
        values: tuple[Ref | None, ...] = ()
        if ref[0] == "local":
            values = (ref[3],)
        elif ref[0] == "attr":
            owner = self.evaluate(ref[1])
            if owner is not None and owner.kind in ("instance", "class"):
                holder = self.owner_of(owner.name, str(ref[2]))
                values = self._attributes.get(holder, {}).get(str(ref[2]), ())
        elif ref[0] == "name":
            head, _, word = self.canonical(str(ref[1])).rpartition(".")
            values = self._variables.get(head, {}).get(word, ())
        (value,) = values if len(values) == 1 else (None,)
        if value is not None and value[0] == "new" and len(value) == 3:
            lock: Ref = value[2]
            return lock
        is_alias = value is not None and value[0] == "attr" and value[1][0] == "self"
        return value if is_alias and value != ref else None

    def lock_maker(self, ref: Ref) -> str:
        """What made the lock: ``threading.RLock``; empty where that is not known."""
        value = self.evaluate(ref)
        return value.name if value is not None and value.kind == "instance" else ""

    def locks(self, held: Iterable[Ref]) -> frozenset[str]:
        return frozenset(self.lock_name(each) for each in held)

    @cached_property
    def spawned_by(self) -> tuple[tuple[FunctionFacts, int], ...]:
        """Each start of a task: the function that starts it, and which of its spawns it is."""
        return tuple(
            (function, place)
            for function in self.functions.values()
            for place in range(len(function.spawns))
        )

    def calls_of(self, function: FunctionFacts) -> Iterator[tuple[str, int]]:
        """The project's functions that it calls, with the place of the call in its list."""
        for place, call in enumerate(function.calls):
            value = self._property(call.callee) or self.evaluate(call.callee)
            if value is None:
                continue
            name = value.name
            if value.kind == "class":
                name = self.find_method(value.name, "__init__")
            if name in self.functions and value.kind in ("function", "class"):
                yield name, place

    def _property(self, ref: Ref) -> Value | None:
        """The property that ``self.x`` runs, if it is one; also of a local of a known class."""
        owner = self.evaluate(ref[1]) if ref[0] == "attr" and ref[1][0] in _OWNERS else None
        if owner is None or owner.kind != "instance":
            return None
        method = self.find_method(owner.name, str(ref[2]))
        function = self.functions.get(method)
        is_one = function is not None and function.is_property
        return Value("function", method, function.class_name) if function and is_one else None
