"""The act alone, which is not surprised any more by what another has done.

``exist_ok`` and ``missing_ok`` where there are such; else the error that would say so is expected.
"""

from __future__ import annotations

import ast
from typing import Final

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import with_comma
from racewright.model.finding import Finding

__all__ = ["ActAlone"]

#: What is called by its dotted name, with the option that it has or the error that it raises.
_ACTS: Final = {
    "os.makedirs": ("exist_ok", ""),
    "os.mkdir": ("", "FileExistsError"),
    "os.remove": ("", "FileNotFoundError"),
    "os.unlink": ("", "FileNotFoundError"),
    "os.rmdir": ("", "FileNotFoundError"),
    "mkdir": ("exist_ok", ""),
    "unlink": ("missing_ok", ""),
    "rmdir": ("", "FileNotFoundError"),
}


class ActAlone(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for look in document.at(finding.place, ast.Call):
            above = module.parent(look)
            is_denied = isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)
            test = module.parent(above) if is_denied and above is not None else above
            if not isinstance(test, ast.If) or test.test not in (look, above):
                continue
            if test.orelse or len(test.body) != 1 or not isinstance(test.body[0], ast.Expr):
                return None
            call = test.body[0].value
            return _alone(document, test, call) if isinstance(call, ast.Call) else None
        return None


def _alone(document: Document, test: ast.If, call: ast.Call) -> Edits | None:
    dotted = document.module.dotted(call.func)
    if not dotted.startswith("os."):
        dotted = getattr(call.func, "attr", "")
    outer, form = document.statement(test), document.form(call)
    inner = document.statement(test.body[0])
    if dotted not in _ACTS or not isinstance(outer, cst.If) or not isinstance(form, cst.Call):
        return None
    lines = document.source.lines[test.lineno - 1 : test.body[0].lineno - 1]
    if not isinstance(inner, cst.SimpleStatementLine) or any("#" in line for line in lines):
        return None
    option, error = _ACTS[dotted]
    edits = Edits(document)
    if option:
        given = cst.ensure_type(edits.expression(f"f({option}=True)"), cst.Call).args[0]
        arguments = [
            each for each in form.args if each.keyword is None or each.keyword.value != option
        ]
        done = inner.body[0].with_changes(
            value=form.with_changes(args=[*with_comma(arguments), given])
        )
        edits.replace(outer, inner.with_changes(body=[done], leading_lines=outer.leading_lines))
        return edits
    if not edits.import_module("contextlib"):
        return None
    head = edits.statement(f"with contextlib.suppress({error}):\n    pass")
    edits.replace(outer, head.with_changes(body=outer.body, leading_lines=outer.leading_lines))
    return edits
