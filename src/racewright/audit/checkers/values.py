"""What a name is bound to: a constant, a default, another name, a list of names."""

from __future__ import annotations

import ast
import builtins
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    decided,
    in_words,
    no,
    things,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.things import Thing
from racewright.audit.uses import last_name

__all__ = ["Values"]

_ALIAS = re.compile(
    r"^(?P<s>@\d+) (?:(?:(?:is|are) )?(?:only |merely )?(?:an? |another )?(?:alias|name) "
    r"(?:of|for|to)|aliases|(?:is|points to|refers to|is set to) the (?:very )?same "
    r"(?:object|thing) as)"
    r" (?P<t>@\d+)(?: in python 3)?$"
)
_VALUE = re.compile(
    r"^(?P<s>@\d+) (?:(?:is|are) set to|(?:is|are) initialize?d (?:to|with)|equals?"
    r"|defaults? to|(?:is|are) (?:assigned|bound) (?:to )?) ?(?P<v>@\d+|-?\d+(?:\.\d+)?|true"
    r"|false|none)(?: by default)?$"
)
_MADE = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:an? |instances? of |(?=@))(?:instance of )?(?:plain |simple "
    r"|regular |ordinary |normal |empty )*(?P<t>@\d+|tuple|list|dict|dictionary|set|lambda)$"
)
_CREATED = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:created|made|built|initialize?d|obtained|constructed|produced"
    r"|instantiated|assigned|computed|returned) (?:with|by|from|using|through|via|by calling) "
    r"(?P<t>@\d+)$"
)
_INCLUDES = re.compile(
    r"^(?P<s>@\d+) (?P<not>does not )?(?:includes?|lists?|contains?|exports?) (?P<m>@\d+)$"
)


def _alias(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, target = clause.group(match["s"]), clause.group(match["t"])
    if group is None or target is None or len(group.texts) != 1 or len(target.texts) != 1:
        return None
    name, other = group.texts[0].strip("()"), target.texts[0].strip("()")
    claim = f"{name} is an alias of {other}"
    thing = code.thing(name)
    imported = [
        (d.node, b.dotted)
        for d in thing.definitions
        if d.kind == "import" and d.scope is not None
        for b in d.scope.bindings.get(thing.word, ())
        if b.node is d.node
    ]
    if imported and len(imported) == len(thing.definitions):
        is_so = all(each == other or each.endswith("." + other) for _, each in imported)
        text = f"{name} is imported as another name of {imported[0][1]}"
        return decided(is_so, False, claim, [node for node, _ in imported], text, code)
    if not thing.definitions:
        if hasattr(builtins, name) and hasattr(builtins, other):
            is_so = getattr(builtins, name) is getattr(builtins, other)
            return decided(
                is_so,
                False,
                claim,
                [],
                (
                    f"in Python {name} is "
                    f"{'the same object as' if is_so else 'another object than'} {other}"
                ),
                code,
            )
        return None
    values = [_assigned(d.node, code) for d in thing.definitions]
    if any(value is None for value in values):
        return None
    same = [
        value
        for value in values
        if value is not None and ast.unparse(value).rpartition(".")[2] == other.rpartition(".")[2]
    ]
    nodes = [d.node for d in thing.definitions]
    return decided(
        len(same) == len(values),
        False,
        claim,
        nodes,
        f"{code.line_text(thing.definitions[0].line)[:80]}",
        code,
    )


def _assigned(node: ast.AST, code: Code) -> ast.expr | None:
    statement = code.module.statement_of(node)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        if isinstance(statement, ast.Assign) and isinstance(
            statement.targets[0], (ast.Tuple, ast.List)
        ):
            return None
        return statement.value
    return None


def _value(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    wanted = match["v"]
    named = clause.group(wanted)
    if named is not None:
        wanted = named.texts[0]
    wanted = {"true": "True", "false": "False", "none": "None"}.get(wanted, wanted)
    is_default = "default" in match[0]
    claim = f"{' and '.join(group.texts)} is {wanted}{' by default' if is_default else ''}"

    def one(thing: Thing) -> Answer:
        values: list[tuple[ast.AST, str]] = []
        for definition in thing.definitions:
            value = (
                _default(definition.node, code)
                if definition.kind == "parameter"
                else _assigned(definition.node, code)
            )
            if value is not None:
                values.append((definition.node, ast.unparse(value)))
        like = [node for node, words in values if _same_value(words, wanted)]
        if values and len(like) == len(values):
            return yes(claim, code.evidence(like, f"its value is {wanted}"))
        plain = [words for _, words in values if _is_plain(words)]
        if values and not like and len(plain) == len(thing.definitions):
            return no(
                claim, code.evidence([n for n, _ in values], f"its value is {values[0][1][:60]}")
            )
        if like and is_default:
            return yes(claim, code.evidence(like, f"one value of it is {wanted}"))
        return unsure(claim, f"{thing.text} has several values, or none that is seen")

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _default(node: ast.AST, code: Code) -> ast.expr | None:
    function = next(
        (
            a
            for a in code.module.ancestors(node)
            if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        ),
        None,
    )
    if function is None:
        return None
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    if node in positional:
        place = positional.index(node) - (len(positional) - len(a.defaults))
        return a.defaults[place] if place >= 0 else None
    if node in a.kwonlyargs:
        return a.kw_defaults[a.kwonlyargs.index(node)]
    return None


def _is_plain(words: str) -> bool:
    """Whether it is a literal, and not a name that may stand for what is wanted."""
    try:
        ast.literal_eval(words)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _same_value(words: str, wanted: str) -> bool:
    try:
        return bool(ast.literal_eval(words) == ast.literal_eval(wanted)) and type(
            ast.literal_eval(words)
        ) is type(ast.literal_eval(wanted))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return words.replace(" ", "").strip("'\"") == wanted.replace(" ", "").strip("'\"")


def _includes(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """A list or tuple of texts, such as ``__all__``, has or has not a member."""
    group, members = clause.group(match["s"]), clause.group(match["m"])
    if group is None or members is None or len(group.texts) != 1:
        return None
    thing = code.thing(group.texts[0])
    values = [_assigned(d.node, code) for d in thing.definitions]
    if len(values) != 1 or not isinstance(values[0], (ast.List, ast.Tuple, ast.Set)):
        return None
    texts = [e.value for e in values[0].elts if isinstance(e, ast.Constant)]
    if len(texts) != len(values[0].elts):
        return None
    is_denied = bool(match["not"])
    claim = (
        f"{group.texts[0]} {'does not include' if is_denied else 'includes'} "
        f"{' and '.join(members.texts)}"
    )
    every = []
    for member in members.texts:
        answer = decided(
            member in texts, is_denied, claim, [values[0]], f"it lists {len(texts)} names", code
        )
        assert answer is not None
        every.append(answer)
    return combined(claim, every, is_all=True)


_LITERALS: dict[str, tuple[type[ast.AST], ...]] = {
    "tuple": (ast.Tuple,),
    "list": (ast.List, ast.ListComp),
    "dict": (ast.Dict, ast.DictComp),
    "dictionary": (ast.Dict, ast.DictComp),
    "set": (ast.Set, ast.SetComp),
    "lambda": (ast.Lambda,),
}


_SHORT = {"dictionary": "dict"}


def _made_by(value: ast.expr | None, code: Code) -> str:
    """``set`` of ``set()``: the built-in type that is called."""
    dotted = code.module.dotted(value.func) if isinstance(value, ast.Call) else ""
    word = dotted.removeprefix("builtins.")
    return word if word in ("list", "dict", "set", "tuple", "frozenset", "str", "int") else ""


_ANY_LITERAL = tuple(kind for kinds in _LITERALS.values() for kind in kinds)


def _made(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``self.ready`` is a ``threading.Event``: by what is assigned to it, wherever that is."""
    group, kind = clause.group(match["s"]), clause.group(match["t"])
    if group is None or (kind is not None and len(kind.texts) != 1):
        return None
    wanted = kind.texts[0].strip("()") if kind is not None else match["t"]
    claim = in_words(match, clause)

    def one(text: str) -> Answer:
        nodes = [d.node for d in code.thing(text).definitions]
        values = [_assigned(node, code) for node in nodes]
        if not values or any(value is None for value in values):
            return unsure(claim, f"what {text} is, is not seen")
        if kind is None:
            made = [_made_by(value, code) for value in values]
            is_so = [
                isinstance(value, _LITERALS[wanted]) or by == _SHORT.get(wanted, wanted)
                for value, by in zip(values, made, strict=True)
            ]
            is_plain = all(
                isinstance(value, (ast.Constant, *_ANY_LITERAL)) or by
                for value, by in zip(values, made, strict=True)
            )
        else:
            makers = [
                code.module.dotted(value.func) if isinstance(value, ast.Call) else ""
                for value in values
            ]
            is_so = [m == wanted or m.endswith("." + wanted) for m in makers]
            is_plain = all(makers) and all(code.around.class_node(m) for m in makers)
        if all(is_so):
            return yes(claim, code.evidence(nodes, f"what is assigned to {text}"))
        if not any(is_so) and is_plain and "." in wanted + ("." if kind is None else ""):
            return no(claim, code.evidence(nodes, f"something else is assigned to {text}"))
        return unsure(claim, f"what {text} is, is not seen")

    return combined(claim, map(one, group.texts), is_all=True)


def _created(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``server`` is created with ``_create_server``: by the call that is assigned to it."""
    group, maker = clause.group(match["s"]), clause.group(match["t"])
    if group is None or maker is None or len(maker.texts) != 1:
        return None
    claim = in_words(match, clause)
    word = maker.texts[0].partition("(")[0].rpartition(".")[2]

    def one(text: str) -> Answer:
        bound = [d for d in code.thing(text).definitions if d.kind in _BOUND]
        values = [_assigned(d.node, code) for d in bound]
        calls = [v for v in values if isinstance(v, ast.Call)]
        names = [last_name(call.func) for call in calls]
        nodes = [d.node for d in bound]
        if calls and len(calls) == len(values) and set(names) == {word}:
            return yes(claim, code.evidence(nodes, f"a call of {word} is assigned to it"))
        return unsure(claim, f"how {text} is made, is not seen")

    return combined(claim, map(one, group.texts), is_all=True)


_BOUND = ("local", "variable", "attribute")


class Values(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_ALIAS, _alias),
        (_VALUE, _value),
        (_INCLUDES, _includes),
        (_MADE, _made),
        (_CREATED, _created),
    )
