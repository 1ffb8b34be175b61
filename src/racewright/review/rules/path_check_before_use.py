"""A look at a path, and an act that relies on what was seen there.

What it finds
-------------
``if not os.path.exists(p): os.mkdir(p)``, ``if p.exists(): p.unlink()``,
``if not os.path.isfile(p): open(p, "w")``, ``if os.access(p, os.W_OK): open(p)`` and
``if os.path.islink(p): raise …`` before ``open(p)``, also where the ``if`` returns early and the
act comes behind it. The path has to be the same expression, and nothing between may change what it
is made of. Nothing is found where the act cannot be surprised (``exist_ok=True``,
``missing_ok=True``, mode ``"x"``), where the error it would raise is caught in the same function,
where the ``if`` raises an error itself or chooses between a file and a folder, where a lock is
held, where the name comes from ``tempfile`` or ``uuid``, in tests, and where a file that exists is
only read.

Why it matters
--------------
Between the look and the act another thread or process can make, remove or replace the path. Then
the act raises what the look was to prevent; or it overwrites what the other has just made; or, in a
folder where others may write, it goes through a link that they have put there.

Example
-------
::

    # file: cache.py
    import os

    def prepare(folder):
        if not os.path.exists(folder):
            os.makedirs(folder)

Instead
-------
::

    # file: cache.py
    import os

    def prepare(folder):
        os.makedirs(folder, exist_ok=True)

How it is proved
----------------
By exploring, where threads do it: calls of the file system are scheduling points, and the schedule
switches between the look and the act. Other processes are not controlled.

References
----------
CWE-367, time-of-check time-of-use race condition. Bishop and Dilger, Checking for race conditions
in file accesses, 1996.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Module
from racewright.review.paths import (
    PathAct,
    acts_in,
    is_private,
    is_written,
    names_in,
    open_mode,
    text_of,
)
from racewright.review.regions import regions_of, walk_here
from racewright.review.rule import Rule, constant

__all__ = ["PathCheckBeforeUse"]

_LOOKS = frozenset({"exists", "is a link", "permits"})
_RAISES = frozenset({"make", "remove", "take"})
#: What is caught by these is what such an act raises.
_CAUGHT = frozenset(
    {
        "BaseException",
        "EnvironmentError",
        "Exception",
        "FileExistsError",
        "FileNotFoundError",
        "IOError",
        "OSError",
        "WindowsError",
        "error",
    }
)


class PathCheckBeforeUse(Rule):
    title = "What a path was seen to be can change before it is used"
    kind = "improvement"
    cwe = 367
    confidence = "medium"
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        looks: list[PathAct] = []
        acts: dict[str, dict[ast.Call, PathAct]] = defaultdict(dict)
        for each in acts_in(module):
            if each.verb in _LOOKS:
                looks.append(each)
            else:
                acts[text_of(each.path)][each.call] = each
        told: set[ast.AST] = set()
        for look in looks:
            candidates = acts.get(text_of(look.path))
            act = self._act(module, look, candidates) if candidates else None
            if act is not None and act.call not in told:
                told.add(act.call)
                yield self._finding(module, look, act)

    def _act(self, module: Module, look: PathAct, acts: dict[ast.Call, PathAct]) -> PathAct | None:
        """The first of ``acts`` that relies on ``look``."""
        for was_true, nodes in regions_of(module, look.call):
            act = _first(module, look, nodes, acts)
            if act is not None and _harm(look, act, was_true) and _is_open(module, look, act):
                return act
        return None

    def _finding(self, module: Module, look: PathAct, act: PathAct) -> Finding:
        path = ast.unparse(look.path)
        harm = _harm(look, act, look.verb != "is a link" and act.verb not in ("make", "replace"))
        is_defect = look.verb != "exists"
        return self.finding(
            [module.place(look.call), module.place(act.call)],
            kind="defect" if is_defect else "improvement",
            title=f"{path} can change between {look.function} and {act.function}",
            defect=f"{path} is looked at, and used in a second step. {harm or _overwritten(act)}",
            facts=[
                f"{look.function} looks at line {look.call.lineno}, {act.function} acts at line "
                f"{act.call.lineno}, and no lock is held over both.",
            ],
            solution=_solution(look, act),
            corrected=_corrected(act, path),
        )


def _first(
    module: Module, look: PathAct, nodes: list[ast.AST], acts: dict[ast.Call, PathAct]
) -> PathAct | None:
    """The first act among ``nodes``, unless the path is changed or looked at again before it."""
    names = names_in(look.path)
    text = text_of(look.path)
    for node in walk_here(nodes):
        if isinstance(node, ast.Call):
            if node in acts:
                return acts[node]
            if node is not look.call and text_of(node) == text_of(look.call):
                return None
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            spelt = ast.unparse(node) if isinstance(node, ast.Attribute) else node.id
            if spelt in names or text_of(node) == text:
                return None
    return None


def _harm(look: PathAct, act: PathAct, was_true: bool) -> str:
    """What another can do to ``act``, if ``look`` was true or false; empty if nothing."""
    if act.verb == "open" and look.verb in ("permits", "is a link"):
        is_relied_on = was_true == (look.verb == "permits")
        return "What is opened may be another file than the one looked at." * is_relied_on
    if look.verb != "exists":
        return ""
    if was_true and act.verb in ("remove", "take"):
        return f"When another has removed it in between, {act.function} raises FileNotFoundError."
    if not was_true and act.verb == "make":
        return f"When another has made it in between, {act.function} raises FileExistsError."
    if not was_true and (act.verb == "replace" or (act.verb == "open" and _overwrites(act))):
        return _overwritten(act)
    return ""


def _overwritten(act: PathAct) -> str:
    return f"When another has made it in between, {act.function} overwrites that."


def _overwrites(act: PathAct) -> bool:
    return is_written(act) and "w" in open_mode(act)


def _is_only_made(module: Module, act: PathAct) -> bool:
    """``open(p, "w").close()``: what is made is empty, and it does not matter by whom."""
    above = module.parent(act.call)
    return isinstance(above, ast.Attribute) and above.attr == "close"


def _is_open(module: Module, look: PathAct, act: PathAct) -> bool:
    """Whether nothing protects the two of them."""
    if _is_tolerant(act.call) or _is_only_made(module, act) or is_private(module, look.path):
        return False
    function = module.function_of(act.call)
    if function is not module.function_of(look.call):
        return False
    if function is not None and held_in(module, function).around(act.call):
        return False
    is_harmless = _is_caught(module, act.call) or _is_refused(module, look, act)
    is_harmless = is_harmless or (act.verb in ("remove", "take") and _is_choice(module, look))
    return not (act.verb in _RAISES and is_harmless)


def _is_tolerant(call: ast.Call) -> bool:
    return any(
        each.arg in ("exist_ok", "missing_ok", "ignore_errors", "onerror", "onexc")
        and constant(each.value) is not False
        for each in call.keywords
    ) or any(each.arg is None for each in call.keywords)


def _is_refused(module: Module, look: PathAct, act: PathAct) -> bool:
    """``if not exists(p): raise …`` before the act: an exception is what is wanted then."""
    above = next((each for each in module.ancestors(look.call) if isinstance(each, ast.If)), None)
    is_inside = above is not None and above in module.ancestors(act.call)
    return above is not None and not is_inside and isinstance(above.body[-1], ast.Raise)


def _is_choice(module: Module, look: PathAct) -> bool:
    """``if os.path.isdir(p): … else: …``: it is asked what is there, not whether it is there."""
    above = next((each for each in module.ancestors(look.call) if isinstance(each, ast.If)), None)
    if above is None or look.function.endswith("exists"):
        return False
    outer = module.parent(above)
    is_elif = isinstance(outer, ast.If) and above in outer.orelse
    return bool(above.orelse) or is_elif


def _is_caught(module: Module, node: ast.AST) -> bool:
    """Whether what ``node`` raises is caught in the same function."""
    below: ast.AST = node
    for above in module.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        caught: list[ast.expr | None] = []
        if isinstance(above, ast.Try) and below in above.body:
            caught = [each.type for each in above.handlers]
        elif isinstance(above, ast.With) and below in above.body:
            calls = [i.context_expr for i in above.items if isinstance(i.context_expr, ast.Call)]
            caught = [each.args[0] for each in calls if _suppresses(each)]
        if any(map(_catches, caught)):
            return True
        below = above
    return False


def _suppresses(call: ast.Call) -> bool:
    word = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return "suppress" in word and bool(call.args)


def _catches(node: ast.expr | None) -> bool:
    if node is None:
        return True
    if isinstance(node, ast.Tuple):
        return any(map(_catches, node.elts))
    word = getattr(node, "attr", getattr(node, "id", ""))
    # A name that is not known, such as a tuple of errors, may hold any of them.
    return word in _CAUGHT or not word.endswith(("Error", "Exception", "Exit", "Interrupt"))


def _solution(look: PathAct, act: PathAct) -> str:
    if look.verb != "exists":
        return (
            "Open it without a look, with the rights and flags that are wanted (O_NOFOLLOW), and "
            "look at the open file with os.fstat."
        )
    return {
        "make": "Make it without a look, and let it be there already.",
        "remove": "Remove it without a look, and let it be gone already.",
        "take": "Move it without a look, and catch FileNotFoundError.",
        "replace": "Make it by an act that fails if it exists: os.link, or open with mode 'x'.",
        "open": "Open it with mode 'x', which fails if it exists, and catch FileExistsError.",
    }[act.verb]


def _corrected(act: PathAct, path: str) -> str:
    return {
        "os.makedirs": f"os.makedirs({path}, exist_ok=True)",
        "os.mkdir": f"os.makedirs({path}, exist_ok=True)",
        "Path.mkdir": f"{path}.mkdir(exist_ok=True)",
        "os.remove": f"with contextlib.suppress(FileNotFoundError):\n    os.remove({path})",
        "os.unlink": f"with contextlib.suppress(FileNotFoundError):\n    os.unlink({path})",
        "Path.unlink": f"{path}.unlink(missing_ok=True)",
        "shutil.rmtree": f"shutil.rmtree({path}, ignore_errors=True)",
        "open": f"with open({path}, 'x') as file:\n    …",
    }.get(act.function, "")
