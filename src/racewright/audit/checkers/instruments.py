"""What something is done with: ``the file is read with X``, ``f hashes the key with X``.

That it is done with what is nowhere in the code is not so, whatever else the words say. That it is
done with what is there is supported only where the words before name what stands in that statement.
"""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.explained import content
from racewright.audit.source_words import words_at

__all__ = ["Instruments"]

_VERB = (
    r"(?:acquir|build|built|calculat|call|check|close|comput|construct|copi|copy|creat|deriv|deserial|disabl|enabl"
    r"|encod|decod|execut|fetch|gener|guard|hash|implement|initial|invok|launch|load|log|lock|made"
    r"|mak|measur|mock|obtain|open|pars|patch|print|produc|protect|rais|read|run|sav|schedul|send"
    r"|sent|serial|sleep|sort|spawn|start|stop|stor|synchron|tak|took|updat|us|wait|wrap|writ)"
)
#: What tells the means, and no agent or likeness.
_MEANS = r"(?:with|using|via|through|by calling|by using)"
_WITH = r"(?:with|using|via|through|from|by calling|by means of|by using|by|in|on)"
_PASSIVE = re.compile(
    rf"^(?P<what>(?:(?!@)\S+ ){{1,9}}?(?:is|are|gets?|was|were) (?:\w+ly )?{_VERB}\w*"
    rf"(?: \w+){{0,3}}?) {_WITH} (?P<t>@\d+)$"
)
_ACTIVE = re.compile(
    rf"^(?P<s>@\d+|#code) (?P<what>(?:\w+ly )?{_VERB}\w*(?: (?!not )\S+){{0,8}}?) {_WITH} "
    r"(?P<t>@\d+)$"
)
_ANY_VERB = re.compile(
    r"^(?P<what>(?:(?!@)\S+ ){1,9}?(?:is|are|gets?) (?:\w+ly )?\w{2,20}ed(?: \w+){0,3}?)"
    rf" {_MEANS} (?P<t>@\d+)$"
)
_ALONE = re.compile(
    r"^(?P<t>@\d+) (?P<what>makes?|causes?|leads? to|results? in|slows?|blocks?|is used|are used"
    r"|is called|runs?)(?: .*|)$"
)
#: What it would take to be so is not in the words: what is not used cannot be compared with.
_COMPARED = re.compile(
    r"\b(?:compatible|replaced|replace|superseded|compared|confus\w+|equivalent|similar|differ\w*"
    r"|not|never|no|without|neither|only|should|instead|like|as if|inherit\w*|interfere\w*"
    r"|conflict\w*|deprecated|problems?|avoid\w*|prevent\w*|provided|protect\w+ from|default"
    r"|inspired|associated|integrated|familiar|concerned|shipped|bundled|tested|combined"
    r"|confronted|aligned|related|dealt)\b"
)


def _done_with(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    if group is None or group.is_or or _COMPARED.search(clause.words):
        return None
    where = subject_nodes(match["s"], clause, code) if match.groupdict().get("s") else []
    if match.groupdict().get("s") and len(where) != 1:
        return None
    within = where[0] if where and where[0] is not code.module.tree.root else None
    claim = in_words(match, clause)
    what = [s for s in content(re.sub(r"@\d+", " ", match["what"])) if not _DOING.match(s)]

    def one(text: str) -> Answer:
        if not _is_code(text) and group.role not in ("module", "package", "library"):
            return unsure(claim, f"whether {text} is a name of the code, is open")
        text = text.partition("=")[0] if re.fullmatch(r"[a-z_]\w*=\w+", text) else text
        found = code.occurrences(text, within)
        if not found and code.is_absent(text):
            return no(claim, code.evidence((), f"{text} is nowhere in the file"))
        for node in found:
            statement = code.module.statement_of(node) or node
            first = int(getattr(statement, "lineno", 0))
            lines = set(range(first, (getattr(statement, "end_lineno", first) or first) + 1))
            if what and len(lines) < 12 and all(w in words_at(lines, code) for w in what):
                return yes(claim, code.evidence([node], code.line_text(first)[:80]))
        return unsure(claim, f"that it is done with {text}, is not seen")

    return combined(claim, map(one, group.texts), is_all=True)


#: Verbs, as stems: what is done is not looked for, only what it is done to.
_DOING = re.compile(
    r"(?:acquir|built|calculat|call|check|clos|comput|construct|copi|creat|deriv|encod|decod|execut"
    r"|fetch|generat|hash|implement|initializ|invok|load|log|lock|made|mak|measur|obtain|open|pars"
    r"|produc|read|run|sav|schedul|send|sent|serializ|sort|spawn|start|stor|synchroniz|tak|updat"
    r"|us|wait|wrap|writ|valu|amount|nam|remain|elaps|time|tim)$"
)


def _is_code(text: str) -> bool:
    """A dotted name or a call: a bare word may be one of the language or of prose."""
    spelt = text.partition("(")[0]
    if re.fullmatch(r"[a-z_]\w*=\w+", text):
        return True
    return "." in spelt.strip(".") and spelt.replace(".", "a").isidentifier()


def _alone(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """A call that is written with its arguments, and stands nowhere with these."""
    group = clause.group(match["t"])
    if group is None or len(group.texts) != 1 or _COMPARED.search(clause.words):
        return None
    call = _constant_call(group.texts[0])
    if call is None:
        return None
    claim = f"the code has {group.texts[0]}"
    calls = code.thing(ast.unparse(call.func)).calls
    wanted = [ast.dump(each) for each in [*call.args, *call.keywords]]
    like = [c for c in calls if [ast.dump(each) for each in [*c.args, *c.keywords]] == wanted]
    if like or not calls:
        return None
    if any(not isinstance(a, ast.Constant) for c in calls for a in c.args):
        return None
    shown = ", ".join(dict.fromkeys(ast.unparse(c)[:40] for c in calls))
    return no(claim, code.evidence(list(calls), f"the calls are {shown}"))


def _constant_call(text: str) -> ast.Call | None:
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if not isinstance(node, ast.Call) or not [*node.args, *node.keywords]:
        return None
    is_plain = all(isinstance(a, ast.Constant) for a in node.args) and not node.keywords
    return node if is_plain else None


class Instruments(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_ALONE, _alone),
        (_PASSIVE, _done_with),
        (_ACTIVE, _done_with),
        (_ANY_VERB, _done_with),
    )
