"""A lock kept in a shared cache is deleted by somebody who may no longer hold it.

What it finds
-------------
A key that is set only if it is not there, and that runs out (``set(key, …, nx=True, ex=30)``,
``setnx`` with ``expire``, Django's ``cache.add(key, …)``), with the answer looked at, and a
``delete`` of the same key in the same function, by another method of the class, or by another
function of the file if key or functions are named after a lock. Nothing is found where the deletion
stands below a comparison (of the token, or of the time), where a script does it (``eval``,
``register_script``), where the key does not run out, and in tests.

Why it matters
--------------
Whoever takes longer than the lock lasts has lost it, and another has taken it. His ``delete`` then
takes away the lock of that other, and a third comes in.

Example
-------
::

    # file: jobs.py
    import redis

    client = redis.Redis()

    def run(job):
        if not client.set("lock:jobs", 1, nx=True, ex=30):
            return
        try:
            job()
        finally:
            client.delete("lock:jobs")

Instead
-------
::

    # file: jobs.py
    import redis

    client = redis.Redis()

    def run(job):
        with client.lock("lock:jobs", timeout=30):
            job()

How it is proved
----------------
By a hand-off: the task that holds the lock is held until it has run out and another has it.

References
----------
CWE-667, improper locking. Redis' documentation of SET, "a safer lock"; Kleppmann, How to do
distributed locking, 2016.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.caches import is_django_cache, key_of
from racewright.review.module import Function, Module
from racewright.review.paths import text_of, values_of
from racewright.review.rule import Rule, constant

__all__ = ["UnownedLockDeletion"]

#: What says that a key, or a function, is about a lock.
_LOCK = re.compile(r"lock|mutex|lease|semaphore|leader", re.I)
_LASTS = frozenset({"ex", "px", "exat", "pxat"})
_SCRIPTS = (".eval(", ".evalsha(", "register_script", ".watch(")


class UnownedLockDeletion(Rule):
    title = "A lock in a cache is deleted by somebody who may no longer hold it"
    kind = "defect"
    cwe = 667
    proof = "hand-off"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or not (".delete(" in text or ".adelete(" in text):
            return
        if any(word in text for word in _SCRIPTS):
            return
        deletions = [each for each in module.calls() if _is_call_of(each, "delete", "adelete")]
        for call in module.calls() if deletions else ():
            if _is_lock(module, call) and _is_asked(module, call):
                for deletion in deletions:
                    if _is_of(module, call, deletion) and not _is_compared(module, deletion):
                        yield self._finding(module, call, deletion)
                        break

    def _finding(self, module: Module, taken: ast.Call, deletion: ast.Call) -> Finding:
        key = key_of(taken)
        spelt = ast.unparse(key) if key is not None else "the key"
        return self.finding(
            [module.place(deletion), module.place(taken)],
            title=f"The lock {spelt} is deleted, whoever holds it by then",
            defect=(
                f"{spelt} runs out by itself, and is deleted here without a look at who holds it. "
                "Who took longer than it lasts deletes the lock of another."
            ),
            facts=[f"Line {taken.lineno} sets it if it is not there, and lets it run out."],
            solution="Keep a token that nobody else has in it, and delete it only if it is still "
            "there, in one step; the lock of the client's library does so.",
        )


def _is_call_of(call: ast.Call, *words: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in words


def _is_lock(module: Module, call: ast.Call) -> bool:
    """Whether it sets a key that is not there, and that runs out."""
    func = call.func
    if not isinstance(func, ast.Attribute) or key_of(call) is None:
        return False
    given = {each.arg: each.value for each in call.keywords}
    if func.attr == "set":
        return constant(given.get("nx")) is True and bool(_LASTS & set(given))
    if func.attr == "setnx":
        return any(
            _is_call_of(each, "expire", "pexpire") and _has_key(module, call, each)
            for each in module.calls()
        )
    if func.attr in ("add", "aadd") and is_django_cache(module, func.value):
        lasts = given.get("timeout", call.args[2] if len(call.args) > 2 else None)
        return lasts is None or not (isinstance(lasts, ast.Constant) and lasts.value is None)
    return False


def _is_asked(module: Module, call: ast.Call) -> bool:
    """Whether somebody looks at the answer."""
    above = module.parent(call)
    if isinstance(above, ast.Await):
        above = module.parent(above)
    return not isinstance(above, ast.Expr)


def _has_key(module: Module, one: ast.Call, other: ast.Call) -> bool:
    first, second = key_of(one), key_of(other)
    if first is None or second is None:
        return False
    return bool({text_of(first), _spelt(module, first)} & {text_of(second), _spelt(module, second)})


def _spelt(module: Module, node: ast.expr) -> str:
    """What a name stands for, if it is given a value once."""
    values = list(values_of(module, node)) if isinstance(node, ast.Name) else []
    return text_of(values[0]) if len(values) == 1 else text_of(node)


def _is_of(module: Module, taken: ast.Call, deletion: ast.Call) -> bool:
    """Whether the deletion is of the key that was taken, on the same cache."""
    if not (isinstance(taken.func, ast.Attribute) and isinstance(deletion.func, ast.Attribute)):
        return False
    is_same = text_of(taken.func.value) == text_of(deletion.func.value)
    if not is_same or not _has_key(module, taken, deletion):
        return False
    mine, theirs = module.function_of(taken), module.function_of(deletion)
    if mine is theirs:
        return deletion.lineno > taken.lineno
    key = key_of(taken)
    spelt = "" if key is None else _spelt(module, key)
    return _are_of_one_lock(mine, theirs, key, spelt)


def _are_of_one_lock(
    one: Function | None, other: Function | None, key: ast.expr | None, spelt: str
) -> bool:
    """Whether two functions speak of one key: that of an object, or of what is called a lock."""
    if one is None or other is None or one.class_name != other.class_name or key is None:
        return False
    if one.class_name and isinstance(key, (ast.Attribute, ast.Constant)):
        return True
    words = (one.short_name, other.short_name)
    return all(map(_LOCK.search, words)) or bool(_LOCK.search(spelt))


def _is_compared(module: Module, deletion: ast.Call) -> bool:
    """Whether a comparison decides if it is deleted."""
    for above in module.ancestors(deletion):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        if isinstance(above, ast.If):
            parts = list(ast.walk(above.test))
            if any(isinstance(each, ast.Compare) for each in parts):
                return True
    return False
