"""A lock that lets in whoever comes while it is held, as if it were its holder.

What it finds
-------------
A class that is called a lock, whose ``acquire`` counts up and takes the real lock only if it is not
held yet, and whose ``release`` counts down and lets go at the end; where nothing in the class asks
who holds it, and no other lock is kept while it is held. A lock for readers is not found, nor is
one that waits until the count is down.

Why it matters
--------------
Counting makes a lock re-entrant for its holder only if it knows its holder. This one asks whether
*somebody* holds it, so a second thread is let in beside the first::

    task 1   acquire: takes it, count 1, goes on
    task 2                                        acquire: held already, count 2, goes on

Example
-------
::

    # file: locks.py
    import fcntl

    class FileLock:
        def __init__(self, path):
            self.path = path
            self.file = None
            self.count = 0

        def acquire(self):
            if self.file is None:
                self.file = open(self.path, "w")
                fcntl.flock(self.file, fcntl.LOCK_EX)
            self.count += 1

        def release(self):
            self.count -= 1
            if self.count == 0:
                self.file.close()
                self.file = None

Instead
-------
::

    # file: locks.py
    import fcntl
    import threading

    class FileLock:
        def __init__(self, path):
            self.path = path
            self.file = None
            self.count = 0
            self.thread_lock = threading.RLock()

        def acquire(self):
            self.thread_lock.acquire()
            if self.file is None:
                self.file = open(self.path, "w")
                fcntl.flock(self.file, fcntl.LOCK_EX)
            self.count += 1

        def release(self):
            self.count -= 1
            if self.count == 0:
                self.file.close()
                self.file = None
            self.thread_lock.release()

How it is proved
----------------
By exploring: a schedule that lets another task take the lock before the first has given it back,
and a test of what the lock is to guard.

References
----------
CWE-667, improper locking. filelock 3.10 let a second thread in so; since 3.11 it keeps the count
for each thread.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.own import methods_by_class, own_word
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["ReentranceWithoutOwner"]

_LOCK = re.compile(r"(?:lock(?:er)?|mutex)", re.I)
_NO_LOCK = re.compile(r"[Bb]lock(?!ing)|[Cc]lock|[Ss]hared|(?<![Tt]h)[Rr]ead|[Ww]rit|RW")
#: How a lock is taken, and how it is given back.
_ENTRIES = {
    "acquire": "release",
    "lock": "unlock",
    "__enter__": "__exit__",
    "__aenter__": "__aexit__",
    "_acquire": "_release",
}
_TAKING = re.compile(
    r"acquire|^_*(?:try_?|do_?)?(?:file_?)?lock(?:f|ing)?$|^flock$|^open$|^__a?enter__$"
)
#: Counters of one lock, of which the rest is not looked at.
_MOST = 10
#: Words that say that somebody has asked who it is.
_WHO = re.compile(
    r"get_ident|current_?thread|getcurrent|current_task|get_native_id|local\b|owner|holder", re.I
)


class ReentranceWithoutOwner(Rule):
    title = "A lock lets a second task in, as if it were its holder"
    kind = "defect"
    cwe = 667
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        for node in module.nodes(ast.ClassDef):
            name = node.name
            if not _LOCK.search(name) or _NO_LOCK.search(name) or _knows_holder(node):
                continue
            own = methods_by_class(module).get(module.tree.scopes[node].name, {})
            for word, opposite in _ENTRIES.items():
                if word in own and opposite in own:
                    yield from self._of_pair(module, name, own[word], own[opposite])

    def _of_pair(
        self, module: Module, name: str, enter: Function, leave: Function
    ) -> Iterator[Finding]:
        up, down = _counted(module, enter, ast.Add), _counted(module, leave, ast.Sub)
        for word in sorted(up.keys() & down.keys())[:_MOST]:
            test = _lets_in(module, enter, word)
            if test is None or not _asks(module, leave, word) or _waits(module, enter):
                continue
            yield self._finding(module, name, word, enter, test, (up[word], down[word]))

    def _finding(
        self,
        module: Module,
        name: str,
        word: str,
        enter: Function,
        test: ast.expr,
        steps: tuple[ast.stmt, ast.stmt],
    ) -> Finding:
        first, last = sorted((module.place(test), module.place(steps[0])))
        return self.finding(
            [first, last, module.place(steps[1])],
            title=f"{name} lets a second task in, as if it were its holder",
            defect=f"Line {test.lineno} asks whether somebody holds it, not who: "
            f"{ast.unparse(test)}. A second task that calls {enter.short_name} while the first "
            f"holds it only counts self.{word} up, and both go on.",
            facts=[
                f"self.{word} counts the entries, and all tasks that have the object share it.",
                f"Nothing in {name} asks which task holds it.",
            ],
            solution="Keep the count for each thread (threading.local), or hold a "
            "threading.RLock from the beginning to the end.",
            corrected=f"self.thread_lock.acquire()  # a threading.RLock\nself.{word} += 1",
        )


def _knows_holder(node: ast.ClassDef) -> bool:
    """Whether a name in the class speaks of who holds it, or makes a lock that knows it."""
    for each in ast.walk(node):
        word = getattr(each, "attr", getattr(each, "id", getattr(each, "arg", ""))) or ""
        if isinstance(word, str) and _WHO.search(word):
            return True
        if isinstance(each, ast.Call) and _name(each) == "RLock":
            return True
    return False


def _counted(module: Module, function: Function, step: type[ast.operator]) -> dict[str, ast.stmt]:
    """The attributes that the function counts, with where it does first."""
    found: dict[str, ast.stmt] = {}
    for node in own_nodes(function):
        word = _counts(module, node, step)
        if word and isinstance(node, ast.stmt):
            found.setdefault(word, node)
    return found


def _counts(module: Module, node: ast.AST, step: type[ast.operator]) -> str:
    """The attribute that a statement counts: ``self.n += 1``, or ``self.n = … self.n + 1 …``."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, step):
        return own_word(module, node.target)
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return ""
    word = own_word(module, node.targets[0])
    is_counted = any(
        isinstance(each, ast.BinOp)
        and isinstance(each.op, step)
        and own_word(module, each.left) == word
        for each in ast.walk(node.value)
    )
    return word if is_counted else ""


def _lets_in(module: Module, function: Function, word: str) -> ast.expr | None:
    """The question that decides whether the real lock is taken; none if it always is."""
    early = next(_counts_and_returns(module, function, word), None)
    asked: ast.expr | None = None
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and _TAKING.search(_name(node)):
            test = _question(module, function, node)
            if test is None and early is not None and early.lineno < node.lineno:
                test = early.test
            if test is None:
                return None
            asked = asked or test
    return asked


def _question(module: Module, function: Function, call: ast.Call) -> ast.expr | None:
    """What is asked of ``self``, and decides whether ``call`` is come to."""
    child: ast.AST = call
    for above in module.ancestors(call):
        if above is function.node:
            break
        is_inside = isinstance(above, ast.If) and child is not above.test
        if is_inside and isinstance(above, ast.If) and _is_about_itself(module, above.test):
            return above.test
        child = above
    return None


def _counts_and_returns(module: Module, function: Function, word: str) -> Iterator[ast.If]:
    """``if self.count: self.count += 1; return``."""
    for node in own_nodes(function):
        if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return):
            counts = any(_counts(module, each, ast.Add) == word for each in node.body)
            if counts and _is_about_itself(module, node.test):
                yield node


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _is_about_itself(module: Module, test: ast.expr) -> bool:
    return any(own_word(module, each) for each in ast.walk(test))


def _asks(module: Module, function: Function, word: str) -> bool:
    """Whether something in the function depends on the count."""
    return any(
        own_word(module, each) == word
        for node in own_nodes(function)
        if isinstance(node, (ast.If, ast.IfExp, ast.While))
        for each in ast.walk(node.test)
    )


def _waits(module: Module, function: Function) -> bool:
    """Whether who comes while it is held waits for a notice."""
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("wait", "wait_for")
        for node in own_nodes(function)
    )
