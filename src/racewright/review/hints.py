"""What a file says about who shares its objects, noted for when all files are known.

A docstring says that threads may share an object; a constructor makes an object take the place of a
function; a container is given locks; a function is given away to something that may call it from
tasks of its own. None of it is decided here: :mod:`racewright.review.sharing` does, with all files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.review.facts import Registration
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.tasks import HANDLERS

__all__ = ["contents_of", "decorators_of", "is_said_safe", "registrations_in", "wrapping_classes"]

_SAFE = re.compile(
    r"thread[-\s]*safe\b|safe\s+(?:for|to\s+use|to\s+be\s+used|to\s+share)[^.]{0,40}\bthreads"
    r"|(?:shared|used)\s+(?:by|between|among|across|from)\s+(?:several|multiple|many|all)\s+threads",
    re.I,
)
_UNSAFE = re.compile(r"(?:\bno[tnr]?\b|n't|\bnever\b)[^.]{0,60}thread", re.I)
#: How a sentence behind the first one speaks of the class, and what makes a sentence weaker.
_OF_ITSELF = re.compile(
    r"\b(?:this|it|they|instances?|objects?|class|implementation)\b[^.]{0,40}"
    r"\b(?:is|are|may|can)\b[^.]{0,40}thread",
    re.I,
)
_WEAKER = re.compile(r"\b(?:must|should|if|unless|optional(?:ly)?|provided|callables?)\b", re.I)
#: The last words of what a function is given to.
_GIVING = frozenset(each.rpartition(".")[2] for each in HANDLERS)
#: The last words of servers, which are given a class and make an object of it for each request.
_SERVER = re.compile(r"Server$")
_ADDING = frozenset({"add", "append", "appendleft", "insert", "setdefault"})


def is_said_safe(node: ast.ClassDef) -> bool:
    """Whether the class' docstring says that several threads may use one object."""
    text = " ".join((ast.get_docstring(node, clean=False) or "").split())
    if _UNSAFE.search(text):
        return False
    return any(
        _SAFE.search(sentence)
        and not _WEAKER.search(sentence)
        and (place == 0 or _OF_ITSELF.search(sentence))
        for place, sentence in enumerate(re.split(r"[.;:!?]\s", text))
    )


def wrapping_classes(module: Module) -> set[str]:
    """The classes whose constructors make their object look like a function that they are given."""
    found = set()
    for call in module.calls():
        if getattr(call.func, "attr", getattr(call.func, "id", "")) != "update_wrapper":
            continue
        function = module.function_of(call)
        if function is None or not call.args or not function.class_name:
            continue
        if function.short_name not in ("__init__", "__new__"):
            continue
        is_own = module.ref(call.args[0]) == ("self", function.class_name)
        if module.dotted(call.func) == "functools.update_wrapper" and (
            is_own or function.short_name == "__new__"
        ):
            found.add(function.class_name)
    return found


def contents_of(module: Module) -> dict[str, list[tuple[str, Ref]]]:
    """By class: its containers' words, and what makes the items that its methods put there."""
    found: dict[str, list[tuple[str, Ref]]] = {}
    for target, values in (*_stored(module), *_added(module)):
        place = _attribute(module, target)
        if place is None:
            continue
        for value in values:
            made = module.ref(value)
            if made is not None and made[0] == "new":
                found.setdefault(place[0], []).append((place[1], made[1]))
    for call in module.calls():
        above = module.parent(call)
        if module.dotted(call.func) != "collections.defaultdict" or not call.args:
            continue
        targets: list[ast.expr] = []
        if isinstance(above, ast.Assign):
            targets = above.targets
        elif isinstance(above, ast.AnnAssign):
            targets = [above.target]
        maker = module.ref(call.args[0])
        for target in targets:
            place = _attribute(module, target)
            if place is not None and maker is not None:
                found.setdefault(place[0], []).append((place[1], maker))
    return found


def _stored(module: Module) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """``self.x[k] = C()``, and the items of a list that is put there."""
    for assign in module.nodes(ast.Assign):
        is_display = isinstance(assign.value, (ast.List, ast.ListComp, ast.Dict, ast.DictComp))
        for target in assign.targets:
            if is_display or isinstance(target, ast.Subscript):
                yield target, _items(assign.value)


def _items(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, (ast.List, ast.Set, ast.Tuple)):
        return value.elts
    if isinstance(value, (ast.ListComp, ast.SetComp)):
        return [value.elt]
    if isinstance(value, ast.Dict):
        return value.values
    return [value.value] if isinstance(value, ast.DictComp) else [value]


def _added(module: Module) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """``self.x.append(C())`` and its like."""
    for call in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING:
            yield call.func.value, call.args[-1:]


def _attribute(module: Module, node: ast.expr) -> tuple[str, str] | None:
    """The class and the word of ``self.word``, also behind subscripts."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    owner = module.ref(node.value)
    return (str(owner[1]), node.attr) if owner is not None and owner[0] == "self" else None


def registrations_in(module: Module, calls: list[ast.Call]) -> Iterator[Registration]:
    """The calls that may give a function to something that will call it from tasks of its own."""
    for call in calls:
        word = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if word not in _GIVING and not _SERVER.search(word):
            continue
        callee = module.ref(call.func)
        named = [(str(each.arg), each.value) for each in call.keywords]
        for place, given in (*((str(at), each) for at, each in enumerate(call.args)), *named):
            target = module.ref(given) if isinstance(given, (ast.Name, ast.Attribute)) else None
            if callee is not None and target is not None and target[0] in ("name", "attr"):
                yield Registration(callee, target, place, call.lineno)


def decorators_of(module: Module, function: Function) -> tuple[Ref, ...]:
    """What decorates the function; of ``@app.route("/")``, ``app.route``."""
    found = []
    for node in function.decorators:
        ref = module.ref(node.func if isinstance(node, ast.Call) else node)
        if ref is not None and not str(ref[1]).startswith("builtins."):
            found.append(("new", ref) if isinstance(node, ast.Call) else ref)
    return tuple(found)
