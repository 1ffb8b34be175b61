"""What a thread asks of an event loop, it asks in the way that is made for threads.

``call_soon`` has a twin for that, and what makes a task of a coroutine another. Whom to ask where
only an event or a queue is at hand, is not in the source.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["FromThread"]


class FromThread(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in module.calls():
            func = call.func
            if call.lineno != finding.place.line or not isinstance(func, ast.Attribute):
                continue
            form, loop = document.form(call), document.expression(func.value)
            if not isinstance(form, cst.Call) or not isinstance(form.func, cst.Attribute):
                continue
            edits = Edits(document)
            if func.attr == "call_soon":
                attr = form.func.attr.with_changes(value="call_soon_threadsafe")
                edits.replace(form.func, form.func.with_changes(attr=attr))
                return edits
            is_alone = isinstance(module.parent(call), ast.Expr)
            if func.attr == "create_task" and is_alone and len(call.args) == 1 and loop is not None:
                work = document.expression(call.args[0])
                if work is None or call.keywords or not edits.import_module("asyncio"):
                    return None
                text = "asyncio.run_coroutine_threadsafe(WORK, LOOP)"
                edits.replace(form, edits.expression(text, WORK=work, LOOP=loop))
                return edits
        return None
