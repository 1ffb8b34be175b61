"""What fails in a thread comes to the test through a future.

Where one thread is made, started and joined in one block, and nothing else is done with it, its
function is given to a pool of one, and the join becomes the question for the result.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import call_of, fresh_name, statements_after
from racewright.model.finding import Finding

__all__ = ["ThroughFuture"]


class ThroughFuture(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        made = finding.places[-1]
        for call in document.at(made, ast.Call):
            assign = module.parent(call)
            if not isinstance(assign, ast.Assign) or module.dotted(call.func) != "threading.Thread":
                continue
            target = assign.targets[0]
            if len(assign.targets) == 1 and isinstance(target, ast.Name):
                return _through(document, assign, call, target.id)
        return None


def _through(document: Document, assign: ast.Assign, call: ast.Call, name: str) -> Edits | None:
    module = document.module
    function = module.function_of(call)
    work = _work(document, call)
    if function is None or work is None:
        return None
    rest = statements_after(module, assign)
    start = next((each for each in rest if _is_call(each, name, "start")), None)
    join = next((each for each in rest if _is_call(each, name, "join")), None)
    uses = [each for each in ast.walk(function.node) if getattr(each, "id", "") == name]
    if start is None or join is None or len(uses) != 3 or rest.index(join) < rest.index(start):
        return None
    first, middle, last = (document.statement(each) for each in (assign, start, join))
    if first is None or middle is None or last is None:
        return None
    edits = Edits(document)
    if not edits.import_module("concurrent.futures"):
        return None
    future, pool = fresh_name(function, "future"), fresh_name(function, "pool")
    head = edits.statement(
        f"with concurrent.futures.ThreadPoolExecutor(max_workers=1) as {pool}:\n    pass"
    )
    submit = cst.ensure_type(edits.expression(f"{pool}.submit()"), cst.Call)
    given = edits.statement(f"{future} = SUBMIT", SUBMIT=submit.with_changes(args=work))
    asked = edits.statement(f"{future}.result(timeout=10)")
    inner: dict[cst.CSTNode, cst.BaseStatement] = {middle: given, last: asked}
    assert isinstance(head, cst.With)
    edits.drop_imports_of(call.func)
    is_done = edits.between_within(head, first, last, inner)
    return edits if is_done else None


def _is_call(statement: ast.stmt, name: str, word: str) -> bool:
    call = call_of(statement, word)
    return call is not None and ast.unparse(call.func) == f"{name}.{word}"


def _work(document: Document, call: ast.Call) -> list[cst.Arg] | None:
    """The function and its arguments, as a pool takes them."""
    given = {each.arg: each.value for each in call.keywords}
    if call.args or not {"target"} <= set(given) <= {"args", "daemon", "name", "target"}:
        return None
    arguments = given.get("args")
    values = [given["target"]]
    if isinstance(arguments, (ast.Tuple, ast.List)):
        values += arguments.elts
    elif arguments is not None:
        return None
    forms = [document.expression(each) for each in values]
    if any(isinstance(each, ast.Starred) for each in values) or None in forms:
        return None
    return [cst.Arg(each) for each in forms if each is not None]
