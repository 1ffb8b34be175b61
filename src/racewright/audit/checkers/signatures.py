"""What may be given to a function: its parameters, their defaults, and what its calls give."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    calls_cited,
    combined,
    context_nodes,
    decided,
    in_words,
    no,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.uses import last_name
from racewright.model.claim import Evidence

__all__ = ["Signatures"]

_DEFAULT_IS = re.compile(
    r"^(?:the |its )?default(?: value| argument)?(?: of (?P<p>@\d+))? is (?P<v>@\d+|\d+|none|true"
    r"|false)$"
)
_DEFAULTS_TO = re.compile(
    r"^(?P<p>@\d+) (?:defaults? to|has as (?:its )?default) (?:an? )?(?P<empty>empty |new )?"
    r"(?P<what>list|dict|dictionary|set|tuple|string)(?: literal)?$"
)
_DEFAULTS_V = re.compile(
    r"^(?P<p>@\d+) (?:defaults? to|has (?:a |the )?default(?: value)? (?:of|set to)|(?:is|are) "
    r"(?P<v>@\d+|-?\d+(?:\.\d+)?|none|true|false) by default)"
    r"(?: (?P<u>@\d+|-?\d+(?:\.\d+)?|none|true|false)"
    r"(?: (?:milli)?seconds?| ms| minutes?| bytes)?)?$"
)
_TAKES = re.compile(
    r"^(?P<s>@\d+) (?P<not>(?:can|does|do) not |never )?(?:takes?|accepts?|supports?|knows?|has"
    r"|have|allows?) (?:an? )?(?P<p>@\d+)(?: arguments?| parameters?| keywords?)?$"
)
_GETS = re.compile(
    r"^(?P<s>@\d+) (?P<not>(?:is|are) not )?(?:gets?|receives?|is given|are given|is passed"
    r"|is handed|is called with) (?P<k>@\d+)$"
)
_ALL_PLACES = re.compile(
    r"^(?:none|neither) of the (?P<word>[a-z_]+?)(?:s|es)?(?: calls)? (?:takes?|has|have|uses?"
    r"|passes|is given|specifies) (?:a |any )?timeout$"
)
_NOUN = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:called|invoked) (?P<how>without|with) (?:an? |any |the )?"
    r"(?P<noun>[a-z]{3,20})$"
)
_SHORT = {"context": ("ctx", "ctxt", "context"), "message": ("msg", "message")}
_LITERALS: dict[str, tuple[type[ast.AST], ...]] = {
    "list": (ast.List,),
    "dict": (ast.Dict,),
    "dictionary": (ast.Dict,),
    "set": (ast.Set,),
    "tuple": (ast.Tuple,),
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(nodes: list[ast.AST]) -> list[_Function]:
    return [n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _defaults(function: _Function) -> dict[str, ast.expr]:
    a = function.args
    plain = [*a.posonlyargs, *a.args]
    found = dict(
        zip([x.arg for x in plain[len(plain) - len(a.defaults) :]], a.defaults, strict=True)
    )
    found.update(
        {x.arg: d for x, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None}
    )
    return found


def _having(name: str, clause: Clause, code: Code) -> list[_Function]:
    """The functions with a parameter of that name: those the item is about, if any has it."""

    def has(function: _Function) -> bool:
        return any(isinstance(x, ast.arg) and x.arg == name for x in ast.walk(function.args))

    near = [f for f in _functions(context_nodes(clause, code)) if has(f)]
    return near or [f for f in code.functions if has(f)]


def _default_is(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``the default is `num=1```: of each function that has the parameter."""
    value, of = clause.group(match["v"]), clause.group(match["p"])
    words = value.texts[0] if value else {"none": "None"}.get(match["v"], match["v"].title())
    name, mark, wanted = words.partition("=")
    if of is not None:
        name, wanted = of.texts[0], wanted if mark else words
    elif not mark:
        return None
    return _same_default(in_words(match, clause), name.strip(), wanted.strip(), clause, code)


def _defaults_v(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, token = clause.group(match["p"]), match["v"] or match["u"]
    if group is None or not token or len(group.texts) != 1:
        return None
    value = clause.group(token)
    words = {"none": "None", "true": "True", "false": "False"}
    wanted = value.texts[0] if value else words.get(token, token)
    owner = clause.group(match["p"]).owner  # type: ignore[union-attr]
    within = [n for t in (owner.texts if owner else ()) for n in code.thing(t).functions]
    return _same_default(in_words(match, clause), group.texts[0], wanted, clause, code, within)


def _same_default(
    claim: str, name: str, wanted: str, clause: Clause, code: Code, within: Sequence[_Function] = ()
) -> Answer | None:
    functions = [f for f in _having(name, clause, code) if not within or f in within]
    if not functions or not name.isidentifier():
        return None

    def one(function: _Function) -> Answer:
        default = _defaults(function).get(name)
        if default is None:
            return no(claim, code.evidence([function], f"{name} has no default"))
        spelt = ast.unparse(default)
        is_so = spelt.replace('"', "'") == wanted.replace('"', "'")
        told = f"the default of {name} is {spelt}"
        if not is_so and not isinstance(default, ast.Constant):
            return unsure(claim, told)
        return decided(is_so, False, claim, [function], told, code)

    return combined(claim, map(one, functions))


def _defaults_to(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["p"])
    if group is None:
        return None
    claim = in_words(match, clause)
    kinds = _LITERALS.get(match["what"], ())

    def one(function: _Function, name: str) -> Answer:
        default = _defaults(function).get(name)
        told = f"the default of {name} is {ast.unparse(default) if default else 'none'}"
        if default is None:
            return no(claim, code.evidence([function], f"{name} has no default"))
        if isinstance(default, (ast.Name, ast.Attribute, ast.Call)):
            return unsure(claim, told)
        is_so = isinstance(default, kinds) if kinds else ast.unparse(default) in ("''", '""')
        return decided(is_so, False, claim, [function], told, code)

    every = [one(f, name) for name in group.texts for f in _having(name, clause, code)]
    return combined(claim, every)


def _takes(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Of something imported: whether its signature has that parameter."""
    group, names = clause.group(match["s"]), clause.group(match["p"])
    if group is None or names is None or len(group.texts) != 1:
        return None
    if not all(text.strip("=").isidentifier() for text in names.texts):
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    thing = code.thing(group.texts[0])
    if thing.functions or thing.classes or not thing.reads:
        return None
    dotted = {code.module.dotted(read) for read in thing.reads} - {""}
    if len(dotted) != 1:
        return None
    found = _signature(dotted.pop(), code)
    if found is None:
        return None
    function, file = found
    parameters = [x.arg for x in ast.walk(function.args) if isinstance(x, ast.arg)]

    def one(name: str) -> Answer:
        evidence = Evidence(
            file, (function.lineno,), f"its parameters: {ast.unparse(function.args)}"
        )
        if name.strip("=") in parameters or function.args.kwarg is not None:
            return no(claim, evidence) if is_denied else _loose(name, parameters, claim, evidence)
        return yes(claim, evidence) if is_denied else no(claim, evidence)

    return combined(claim, map(one, names.texts), is_all=True)


def _loose(name: str, parameters: list[str], claim: str, evidence: Evidence) -> Answer:
    if name.strip("=") in parameters:
        return yes(claim, evidence)
    return unsure(claim, "it takes any keyword, and hands them on")


def _signature(dotted: str, code: Code, depth: int = 0) -> tuple[_Function, str] | None:
    place = code.around.find(dotted)
    if place is None or place.module is None or depth > 3:
        return None
    owner = code.around.class_node(dotted)
    if owner is None:
        every: list[_Function] = [
            *place.module.nodes(ast.FunctionDef),
            *place.module.nodes(ast.AsyncFunctionDef),
        ]
        for function in every:
            if function.lineno == place.line and not function.decorator_list:
                return function, place.module.file
        return None
    module, node = owner
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return each, module.file
    if any(isinstance(each, ast.FunctionDef) and each.name == "__new__" for each in node.body):
        return None
    return _signature(module.dotted(node.bases[0]), code, depth + 1) if node.bases else None


def _gets(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, given = clause.group(match["s"]), clause.group(match["k"])
    if group is None or given is None or not all("=" in text for text in given.texts):
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str, pair: str) -> Answer:
        calls = calls_cited(text, clause, code)
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        name, _, wanted = pair.partition("=")
        values = [
            [ast.unparse(k.value) for k in c.keywords if k.arg == name.strip()] for c in calls
        ]
        like = [v for v in values if v == [wanted.strip().replace('"', "'")]]
        if like and len(like) < len(calls):
            return unsure(claim, "one call gets it, and another does not")
        if not like and any(k.arg is None for c in calls for k in c.keywords):
            return unsure(claim, "arguments are passed on that are not named")
        if not like and not any(values) and any(c.args for c in calls):
            return unsure(claim, "it may be among the arguments that are not named")
        return decided(bool(like), is_denied, claim, list(calls), "see the call", code)

    return combined(claim, [one(t, p) for t in group.texts for p in given.texts], is_all=True)


def _no_timeouts(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``none of the waits takes a timeout``: no call of that name is given anything."""
    calls = [c for c in code.module.calls() if last_name(c.func) == match["word"]]
    if not calls:
        return None
    claim = in_words(match, clause)
    given = [c for c in calls if c.args or c.keywords]
    if not given:
        return yes(claim, code.evidence(list(calls), "they are given nothing"))
    if any(k.arg == "timeout" for c in given for k in c.keywords):
        return no(claim, code.evidence(list(given), "a timeout is given"))
    return unsure(claim, "one is given an argument, which may be a timeout")


def _noun(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``called without a context``, by the words that the arguments are written with."""
    group = clause.group(match["s"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), match["how"] == "without"
    words = _SHORT.get(match["noun"], (match["noun"],))

    def names(call: ast.Call) -> set[str]:
        found = {k.arg or "" for k in call.keywords}
        for argument in [*call.args, *(k.value for k in call.keywords)]:
            for node in ast.walk(argument):
                found.add(getattr(node, "id", "") or getattr(node, "attr", ""))
        return {part for name in found for part in name.lower().split("_")}

    def one(text: str) -> Answer:
        calls = calls_cited(text, clause, code)
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        having = [c for c in calls if names(c) & set(words)]
        if len(having) == len(calls):
            return decided(True, is_denied, claim, list(calls), "it is given one", code)
        if not having and not any(c.args or c.keywords for c in calls):
            return decided(False, is_denied, claim, list(calls), "it is given nothing", code)
        return unsure(claim, "what it is given is named otherwise")

    return combined(claim, map(one, group.texts), is_all=True)


def _bare(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """A mutable default, said of a line that a function begins at."""
    nodes = _functions(context_nodes(clause, code)) if clause.lines else []
    if len(nodes) != 1:
        return None
    found = [
        d
        for d in _defaults(nodes[0]).values()
        if isinstance(d, (ast.List, ast.Dict, ast.Set))
        or (isinstance(d, ast.Call) and last_name(d.func) in ("list", "dict", "set"))
    ]
    claim = f"{nodes[0].name} has a mutable default"
    if found:
        return yes(claim, code.evidence(found, "a default that is made once"))
    return no(claim, code.evidence([nodes[0]], f"its parameters: {ast.unparse(nodes[0].args)}"))


_BARE = re.compile(r"^(?:a )?mutable default(?: argument| value| parameter)?s?$")


class Signatures(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_BARE, _bare),
        (_DEFAULT_IS, _default_is),
        (_DEFAULTS_TO, _defaults_to),
        (_DEFAULTS_V, _defaults_v),
        (_ALL_PLACES, _no_timeouts),
        (_GETS, _gets),
        (_NOUN, _noun),
        (_TAKES, _takes),
    )
