"""What a function sets, reads and looks at; what is never cleared; what hides another name."""

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
    subject_nodes,
    unsure,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.spelling import last_word
from racewright.audit.uses import last_name

__all__ = ["Stores"]

_NOT = r"(?P<not>(?:does|do) not |never |at no point )?(?:ever |even )?"
_SETS = re.compile(
    rf"^(?P<s>@\d+|#code) {_NOT}(?:writes? (?:in)?to|sets?|assigns?(?: to)?|rebinds?|reassigns?"
    r"|resets?|initialize?s?|updates?|modif(?:y|ies)|changes?|overwrites?) (?P<t>@\d+)"
    r"(?: in @\d+)?$"
)
_LOOKS = re.compile(
    rf"^(?P<s>@\d+) {_NOT}(?:looks? at|reads?|checks?|tests?|inspects?|accesses|access|consults?"
    r"|examines?|references?) (?P<t>@\d+)$"
)
_CLEARED = re.compile(
    r"^(?P<t>@\d+) (?:is|are) (?P<not>never |not )(?:cleared|reset|emptied|pruned|evicted|trimmed)"
    r"(?: anywhere| again)*$"
)
_HARD = re.compile(
    r"^(?P<t>@\d+) (?:is|are) (?P<not>not )?hard-?coded(?: (?:in|inside) (?P<s>@\d+))?"
    r"(?: as (?:a )?(?:literals?|constants?|strings?))?$"
)
_SHADOWS = re.compile(
    r"^(?P<t>@\d+) (?P<not>does not )?(?:shadows?|hides?|redefines?|overrides?) (?:the |a |an )?"
    r"(?P<what>python )?(?P<of>built-?ins?|builtin|module-level|global|imported|import|outer)"
    r"(?: function| name| type| variable| module)?(?: of the same name| with the same name)?$"
)


_PRIVATE = re.compile(
    r"^(?:#code accesses |(?P<p>@\d+) accesses )?(?:private|protected|internal) (?:members?"
    r"|attributes?|methods?|fields?) of (?P<o>@\d+) ?"
    r"(?:, ?(?:namely|such as|like|e g)|:|\(|namely|such as|like)? ?(?P<t>@\d+)(?: \))?"
    r"(?: (?:is|are) (?:accessed|used|touched)(?: directly| here)?)?$"
)


def _private(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Attributes with an underscore that are taken from another object."""
    owner, names = clause.group(match["o"]), clause.group(match["t"])
    if owner is None or names is None or len(owner.texts) != 1:
        return None
    claim = in_words(match, clause)
    word = owner.texts[0].rpartition(".")[2]

    def one(name: str) -> Answer:
        taken = [
            n
            for n in code.attributes.get(last_word(name), ())
            if name.rpartition(".")[2].startswith("_")
            and ast.unparse(n.value).rpartition(".")[2] == word
        ]
        if taken:
            return decided(True, False, claim, [*taken], f"{name} is taken from {word}", code)
        if name.rpartition(".")[2] not in code.words:
            return decided(False, False, claim, [], f"{name} is nowhere in the file", code)
        return unsure(claim, f"whether {name} is one of {word}, is not seen")

    return combined(claim, map(one, names.texts), is_all=True)


def _attribute_uses(
    text: str, where: ast.AST, ctx: type[ast.expr_context], code: Code
) -> list[ast.AST]:
    word = last_word(text)
    is_dotted = "." in text
    found: list[ast.AST] = []
    every = [*code.attributes.get(word, ()), *(() if is_dotted else code.names.get(word, ()))]
    for node in every:
        is_it = not is_dotted or ast.unparse(node) == text.strip("()")
        if is_it and isinstance(node.ctx, ctx) and code.is_in(node, where):
            found.append(node)
    return found


def _sets(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, group = subject_nodes(match["s"], clause, code), clause.group(match["t"])
    if not where or group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST, text: str) -> Answer:
        stores = _attribute_uses(text, node, ast.Store, code) + _filled(text, node, code)
        if not stores and _attribute_uses(text, node, ast.Load, code):
            return unsure(claim, f"{text} is used there; whether that changes it, is not seen")
        if not stores and not is_denied and any(isinstance(n, ast.Call) for n in ast.walk(node)):
            return unsure(claim, "what it calls may do so")
        told = f"{text} is {'set' if stores else 'not named'} there"
        return decided(bool(stores), is_denied, claim, [*stores] or [node], told, code)

    return combined(claim, [one(n, t) for n in where for t in group.texts], is_all=True)


def _looks(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, group = subject_nodes(match["s"], clause, code), clause.group(match["t"])
    if not where or group is None or group.role in ("class", "module"):
        return None
    if any(isinstance(n, ast.ClassDef) for n in where):
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST, text: str) -> Answer:
        reads = _attribute_uses(text, node, ast.Load, code)
        if not reads and not code.is_absent(text, node):
            return unsure(claim, f"{text} may be meant in another way")
        if not reads and not is_denied:
            return unsure(claim, "what it calls may do so")
        told = f"{text} is {'read' if reads else 'not named'} there"
        return decided(bool(reads), is_denied, claim, [*reads] or [node], told, code)

    return combined(claim, [one(n, t) for n in where for t in group.texts], is_all=True)


def _filled(text: str, where: ast.AST, code: Code) -> list[ast.AST]:
    """Where something is put into it: ``x[key] = value``."""
    return [
        n
        for n in _attribute_uses(text, where, ast.Load, code)
        if isinstance(above := code.module.parent(n), ast.Subscript)
        and above.value is n
        and isinstance(above.ctx, ast.Store)
    ]


_NOTHING_DONE = re.compile(
    r"^(?P<s>@\d+) (?:does nothing|is a no-?op|is empty|has an empty body|is a stub)$"
)


def _nothing(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = [
        n
        for n in subject_nodes(match["s"], clause, code)
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    claim = in_words(match, clause)

    def one(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Answer:
        rest = [
            each
            for each in node.body
            if not isinstance(each, ast.Pass)
            and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        ]
        told = "its body does something" if rest else "its body is empty"
        return decided(not rest, False, claim, [*rest] or [node], told, code)

    return combined(claim, map(one, nodes), is_all=True)


_CLEARING = frozenset(["clear", "pop", "popitem", "remove", "discard", "popleft"])


def _cleared(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Nothing empties it: no call that takes out, no ``del``, no new value after the first."""
    group = clause.group(match["t"])
    if group is None:
        return None
    claim = in_words(match, clause)

    def one(text: str) -> Answer:
        thing = code.thing(text)
        if not thing.definitions:
            return unsure(claim, f"{text} is not defined in the file")
        taken = [
            read
            for read in thing.reads
            if isinstance(above := code.module.parent(read), ast.Attribute)
            and above.attr in _CLEARING
        ]
        word = thing.word
        gone = [
            n
            for n in code.module.nodes(ast.Delete)
            if any(word in ast.unparse(target) for target in n.targets)
        ]
        again = [
            d.node
            for d in thing.definitions
            if getattr(code.container(d.node), "name", "") not in ("__init__", "")
        ]
        handed = [
            r for r in thing.reads if isinstance(code.module.parent(r), (ast.Call, ast.Return))
        ]
        if taken or gone or again:
            nodes = [*taken, *gone, *again]
            if any(last_name(code.module.parent(r)) == "clear" for r in taken):  # type: ignore[arg-type]
                return decided(True, True, claim, nodes, "it is cleared", code)
            return unsure(claim, "something is taken out of it, or it is set again")
        if handed or not word.startswith("_"):
            return unsure(claim, "others may clear it")
        nodes = [d.node for d in thing.definitions]
        return decided(False, True, claim, nodes, "nothing in the file takes anything out", code)

    return combined(claim, map(one, group.texts), is_all=True)


def _hard(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    where = subject_nodes(match["s"], clause, code) if match["s"] else [code.module.tree.root]
    if group is None or len(where) != 1:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        wanted = text.strip("'\"")
        found = [
            n
            for n in ast.walk(where[0])
            if isinstance(n, ast.Constant) and str(n.value) == wanted and n.value is not None
        ]
        if found:
            return decided(True, is_denied, claim, list(found), "it stands there as it is", code)
        if any(
            isinstance(n, ast.Constant) and isinstance(n.value, str) and wanted in n.value
            for n in ast.walk(where[0])
        ):
            return unsure(claim, "it is a part of a text")
        return unsure(claim, f"no constant {text} is there")

    return combined(claim, map(one, group.texts), is_all=True)


def _shadows(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    is_builtin = match["of"].startswith("built")

    def one(text: str) -> Answer:
        word = text.strip("()")
        if not word.isidentifier() or word not in code.bound:
            return unsure(claim, f"nothing in the file binds {text}")
        root = code.module.tree.root
        nodes = [node for _, node, _ in code.bound[word]]
        outer = [
            node for scope, node, _ in code.bound[word] if scope is code.module.tree.scopes[root]
        ]
        inner = [node for node in nodes if node not in outer]
        if is_builtin:
            text = f"{word} is {'' if hasattr(builtins, word) else 'not '}built in"
            return decided(hasattr(builtins, word), is_denied, claim, nodes, text, code)
        if match["of"] == "outer":
            return unsure(claim, "which scope is meant, is open")
        is_so = bool(outer and inner)
        text = f"{word} is {'' if outer else 'not '}bound by the module"
        return decided(is_so, is_denied, claim, nodes, text, code)

    return combined(claim, map(one, group.texts), is_all=True)


class Stores(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_SHADOWS, _shadows),
        (_PRIVATE, _private),
        (_HARD, _hard),
        (_CLEARED, _cleared),
        (_NOTHING_DONE, _nothing),
        (_SETS, _sets),
        (_LOOKS, _looks),
    )
