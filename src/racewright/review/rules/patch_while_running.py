"""A patch that is put in place, or taken back, while a task that uses it is running.

What it finds
-------------
In a test: a ``with`` that patches an attribute, where a thread that was started before it, or in
it, is waited for only after it (or, started before, after its beginning); nothing between the start
and that moment waits for anything; and the function that the thread runs, which stands in the file,
uses an attribute or function of the patched name.

Why it matters
--------------
The task uses the replacement for some of its calls and the original for others, or only one of the
two, depending on how fast it is. The test checks a mixture that it has not chosen, and the call to
the original may reach what the patch was there to keep it from.

Example
-------
::

    import threading
    from unittest import mock

    def test_the_mail_is_sent(service):
        def send():
            service.prepare()
            service.mailer.deliver("hello")

        with mock.patch("service.mailer.deliver") as deliver:
            thread = threading.Thread(target=send)
            thread.start()
        thread.join()
        deliver.assert_called_once_with("hello")

Instead
-------
::

    import threading
    from unittest import mock

    def test_the_mail_is_sent(service):
        def send():
            service.prepare()
            service.mailer.deliver("hello")

        with mock.patch("service.mailer.deliver") as deliver:
            thread = threading.Thread(target=send)
            thread.start()
            thread.join()
        deliver.assert_called_once_with("hello")

How it is proved
----------------
By exploring: a schedule in which the patch is taken back before the task comes to the call.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation.
``unittest.mock``, "Where to patch".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.patches import Patch, patches_in
from racewright.review.rule import Rule
from racewright.review.started import (
    Started,
    function_behind,
    line_of,
    own_nodes,
    start_of,
    started_in,
    waits_between,
)

__all__ = ["PatchWhileRunning"]

_KINDS = ("thread", "timer", "pool")


class PatchWhileRunning(Rule):
    title = "A patch comes or goes while a task that uses it is running"
    kind = "improvement"
    cwe = 362
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        patches = [
            (block, patch)
            for patch in patches_in(module)
            if (block := _block_of(module, patch)) is not None
        ]
        if not patches:
            return
        for started in started_in(module):
            test = started.starter
            if started.kind not in _KINDS or test is None:
                continue
            start = start_of(module, started, test)
            for block, patch in patches:
                if start is None or module.function_of(block) is not test:
                    continue
                found = self._crossed(module, started, start, block, patch)
                if found is not None:
                    yield found

    def _crossed(
        self, module: Module, started: Started, start: ast.Call, block: ast.With, patch: Patch
    ) -> Finding | None:
        word = patch.target.rpartition(".")[2]
        use = _use_of(module, started.function, word, 1) if word.isidentifier() else None
        if use is None or _joins_before(module, start, block):
            return None
        test = started.starter
        assert test is not None
        if start.lineno < block.lineno:
            waits = waits_between(module, test, start, block)
            is_known = waits is not None and all(line_of(each) >= block.lineno for each in waits)
            moment, line = "put in place", block.lineno
        elif block in module.ancestors(start):
            is_known = not _waits_in(module, start, block)
            moment, line = "taken back", int(block.end_lineno or block.lineno)
        else:
            return None
        if not is_known:
            return None
        return self.finding(
            [module.place(patch.call), module.place(start), module.place(use)],
            defect=(
                f"The patch of {patch.target} is {moment} while the task that line {start.lineno} "
                f"starts may be before or after its use of {word} in line {use.lineno}."
            ),
            facts=[
                f"Nothing between line {min(start.lineno, line)} and line "
                f"{max(start.lineno, line)} waits for the task."
            ],
            solution="Start and join the task inside of the patch.",
        )


def _block_of(module: Module, patch: Patch) -> ast.With | None:
    """The ``with`` that enters the patch."""
    item = module.parent(patch.call)
    block = module.parent(item) if isinstance(item, ast.withitem) else None
    return block if isinstance(block, ast.With) else None


def _use_of(module: Module, function: Function, word: str, depth: int) -> ast.expr | None:
    """Where ``function``, or one that it calls, uses something of that name."""
    for node in own_nodes(function.node):
        if isinstance(node, ast.Attribute) and node.attr == word:
            return node
        if isinstance(node, ast.Name) and node.id == word and isinstance(node.ctx, ast.Load):
            found = module.tree.find(module.tree.scope_of(node), word)
            if found is not None and {each.kind for each in found[1]} == {"import"}:
                return node
        if isinstance(node, ast.Call) and depth:
            callee = function_behind(module, module.ref(node.func))
            use = _use_of(module, callee, word, depth - 1) if callee is not None else None
            if use is not None:
                return use
    return None


def _waits_in(module: Module, start: ast.Call, block: ast.With) -> bool:
    """Whether anything between ``start`` and the end of ``block`` may take time."""
    for node in own_nodes(block):
        if line_of(node) <= start.lineno:
            continue
        if isinstance(node, (ast.With, ast.AsyncWith, ast.While, ast.For, ast.Await)):
            return True
        if isinstance(node, ast.Call):
            is_start = getattr(node.func, "attr", "") == "start"
            if not is_start and not module.dotted(node.func).startswith("builtins."):
                return True
    return False


def _joins_before(module: Module, start: ast.Call, block: ast.With) -> bool:
    """Whether a ``with`` inside of ``block`` waits for the task, as a pool's does."""
    return any(
        isinstance(above, (ast.With, ast.AsyncWith)) and block in module.ancestors(above)
        for above in module.ancestors(start)
    )
