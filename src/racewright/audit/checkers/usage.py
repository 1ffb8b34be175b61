"""Whether a thing is used at all, where, how often, and for what, as far as a call says that."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import (
    Answer,
    Checker,
    combined,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.families import family
from racewright.audit.spelling import last_word
from racewright.audit.uses import are_meant, reads_by_bases
from racewright.audit.words import Group

__all__ = ["Usage"]

_USE = r"(?:uses?|using|is using|utili[sz]es?|employs?|relies on|rely on|makes? use of|references?)"
_CODE_USES = re.compile(rf"^#code (?P<not>does not |do not )?(?:{_USE}) (?P<s>@\d+)(?P<rest> .*|)$")
_IS_USED = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:being )?(?:used|utili[sz]ed|referenced|exercised)(?P<rest> .*|)$"
)
_SUBJECT_USES = re.compile(
    rf"^(?P<o>@\d+) (?P<not>does not |do not )?(?:{_USE}) (?P<s>@\d+)(?P<rest> .*|)$"
)
#: ``the patches use X``: who that is, is not asked where there is no X.
_SOMETHING_USES = re.compile(rf"^(?:the|these|those|its) (?:[a-z-]+ ){{1,4}}{_USE} (?P<s>@\d+)$")
_ONLY_IN = re.compile(
    r"^(?P<s>@\d+) (?:is|are) only (?:ever )?(?:used|read|called|referenced|accessed) (?:in"
    r"|by|inside|within) (?P<w>@\d+)"
)
_MANY = re.compile(
    r" in (?:a few|several|many|multiple|some|various|two|three|a couple of) places\b"
)
_IN = re.compile(r" (?:in|inside|within|by) (?P<w>@\d+)")
_LOOSE = re.compile(
    r" (?:here|at all|anywhere|throughout|directly|extensively|heavily|widely|instead|either"
    r"|on lines? [\d ,and]+"
    r"|\( ?lines? [\d ,and]+\)|at (?:the )?lines? [\d ,and]+|\( \))(?= |$)"
)
_PURPOSE = re.compile(r" (?P<how>to|for|in order to) (?P<what>\w.*)$")
_DELAY = re.compile(
    r"^(?:introduc|simulat|add|inject|creat|caus|forc|produc)\w* (?:an? |some "
    r"|artificial )*(?:delays?|pauses?|waits?|sleeps?)\b"
)
_PATCHING = re.compile(r"^(?:override|patch|replace|mock|stub|wrap)\w* (?P<t>@\d+)$")
_APPLYING = re.compile(
    r"^(?:apply|set up|setup|install|register|start|create|initialize|use|enable"
    r"|add) (?P<t>@\d+|(?:the )?(?P<noun>[a-z]+))$"
)
_ACCESS = re.compile(r"^access(?:ing)? (?:the )?(?P<what>[\w -]+)$")


class Usage(Checker):
    kind = "identifier-usage"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force not in ("fact", "possibility", "opinion"):
            return
        words = clause.words
        only = _ONLY_IN.match(words)
        if only:
            yield from _only_in(only, clause, code)
            return
        something = _SOMETHING_USES.match(words)
        group = clause.group(something["s"]) if something else None
        if something is not None and group is not None:
            if all(code.is_absent(text) for text in group.texts):
                evidence = code.evidence((), f"nothing names {' or '.join(group.texts)}")
                yield no(in_words(something, clause), evidence)
            return
        for pattern in (_CODE_USES, _IS_USED, _SUBJECT_USES):
            match = pattern.match(words)
            group = clause.group(match["s"]) if match else None
            if match is not None and group is not None:
                yield from _use(match, group, clause, code)
                return


def _only_in(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    group, where = clause.group(match["s"]), subject_nodes(match["w"], clause, code)
    if group is None or len(group.mentions) != 1 or len(where) != 1:
        return
    thing = code.thing(group.mentions[0].text)
    claim = f"{thing.text} is used only in {clause.group(match['w']).texts[0]}"  # type: ignore[union-attr]
    inside = [read for read in thing.reads if code.is_in(read, where[0])]
    others = [read for read in thing.reads if read not in inside]
    if others:
        yield no(claim, code.evidence(others, f"{thing.text} is used elsewhere, too"))
    elif inside:
        yield yes(claim, code.evidence(inside, f"{thing.text} is used there, and nowhere else"))


def _use(match: re.Match[str], group: Group, clause: Clause, code: Code) -> Iterator[Answer]:
    rest = match["rest"]
    is_denied = bool(match.groupdict().get("not"))
    many = _MANY.search(rest)
    rest = _LOOSE.sub("", _MANY.sub("", rest))
    where: list[ast.AST] = []
    inside = _IN.match(rest)
    if inside:
        named = clause.group(inside["w"])
        where = subject_nodes(inside["w"], clause, code)
        if len(where) != (1 if named is None else len(named.texts)):
            return
        rest = rest[inside.end() :]
    if match.groupdict().get("o"):
        where = are_meant(subject_nodes(match["o"], clause, code), group.texts[0])
        if len(where) != 1:
            return
    rest = re.sub(r"^ from (?:the )?@\d+", "", rest)
    purpose = _PURPOSE.match(rest)
    if rest.strip() and not purpose:
        # Whatever is said of it: what is nowhere is not used.
        answer = _whether(group, None, False, False, code) if not is_denied else None
        if answer is not None and answer.verdict == "refuted" and not where:
            yield answer
        return
    answers = [
        _whether(
            group, None if node is code.module.tree.root else node, bool(many), is_denied, code
        )
        for node in where or [code.module.tree.root]
    ]
    every = [each for each in answers if each is not None]
    answer = combined(every[0].claim, every, is_all=True) if len(every) == len(answers) else None
    if answer is None or purpose is None or is_denied or answer.verdict != "supported":
        if answer is not None:
            yield answer
        return
    yield from _with_purpose(answer, purpose, group, clause, code)


def _whether(
    group: Group, within: ast.AST | None, is_many: bool, is_denied: bool, code: Code
) -> Answer | None:
    names = " and ".join(group.texts)
    verb = "are" if len(group.texts) > 1 else "is"
    claim = (
        f"{names} {verb}{' not' if is_denied else ''} used{' in several places' if is_many else ''}"
    )

    def one(text: str) -> Answer:
        found = code.occurrences(text, within)
        if is_denied:
            # What is imported and no more is not used.
            brought = [n for n in found if isinstance(n, (ast.Import, ast.ImportFrom))]
            if brought and len(brought) == len(found):
                return yes(claim, code.evidence(brought, f"{text} is imported, and not used"))
        bound = [d.node for d in code.thing(text, within).definitions]
        lines = {getattr(node, "lineno", 0) for node in [*found, *bound]}
        if found and is_many and len(lines) < 2:
            return no(claim, code.evidence(found, f"{text} is used in one place"))
        if found:
            evidence = code.evidence(found, f"{text} is used")
            return no(claim, evidence) if is_denied else yes(claim, evidence)
        thing = code.thing(text, within)
        stores = [d.node for d in thing.definitions if d.kind == "attribute"]
        if stores:
            return _stored_only(text, thing.word, stores, claim, is_many, is_denied, code)
        inherited = _inherited(text, code) if within is None else None
        if inherited is not None:
            return unsure(claim, inherited)
        same = _constants(text, within, code)
        if same:
            evidence = code.evidence(same, f"{text} is written there")
            return no(claim, evidence) if is_denied else yes(claim, evidence)
        if not code.is_absent(text, within):
            snippet = code.snippet(text)
            if len(text) > 4 and snippet and not text.isidentifier() and within is None:
                evidence = code.evidence(snippet, f"{text} stands there")
                return no(claim, evidence) if is_denied else yes(claim, evidence)
            return unsure(claim, f"it is not certain what {text} stands for here")
        nothing = code.evidence(
            [within] if within is not None else (),
            f"nothing {'there' if within is not None else 'in the file'} imports, uses or "
            f"names {text}",
        )
        return yes(claim, nothing) if is_denied else no(claim, nothing)

    return combined(claim, map(one, group.texts), is_all=True)


def _constants(text: str, within: ast.AST | None, code: Code) -> list[ast.AST]:
    """The constants that are this text, of what can be no name."""
    value = text.strip("'\"")
    if value.isidentifier() or len(value) < 2:
        return []
    root = within if within is not None else code.module.tree.root
    return [n for n in code.below(root, ast.Constant) if n.value == value]


def _inherited(text: str, code: Code) -> str | None:
    """Why a module may be used although no line names it: a base class comes from it, or may."""
    if not text.isidentifier() or not code.around.is_known_top(text):
        return None
    for node in code.classes:
        names, whole = family(node, code)
        if any(name.partition(".")[0] == text for name in names):
            return f"{node.name} inherits from a class of {text}"
        if not whole and text == "unittest":
            return f"{node.name} may inherit from a class of {text}"
    return None


def _stored_only(
    text: str,
    word: str,
    stores: list[ast.AST],
    claim: str,
    is_many: bool,
    is_denied: bool,
    code: Code,
) -> Answer:
    """An attribute that the file sets and does not read."""
    found, whole = reads_by_bases(word, code)
    here = code.evidence(stores, f"{text} is assigned here, and never read in the file")
    if found and not is_many:
        file, _line = found[0]
        by_base = here.__class__(
            file, tuple(n for f, n in found if f == file), f"a base class reads {text}"
        )
        return no(claim, here, by_base) if is_denied else yes(claim, here, by_base)
    if is_many or (whole and not found):
        return yes(claim, here) if is_denied else no(claim, here)
    return unsure(claim, f"{text} is assigned, and may be read by a base class that is not here")


def _with_purpose(
    answer: Answer, purpose: re.Match[str], group: Group, clause: Clause, code: Code
) -> Iterator[Answer]:
    what = purpose["what"]
    understood = _understood(what, group, clause, code)
    if understood is not None:
        verdict, text = understood
        evidence = (*answer.evidence, text)
        yield Answer(verdict, f"{answer.claim}, {purpose['how']} {_plain(what, clause)}", evidence)
        return
    first = purpose["how"].split()[0]
    cut = clause.start_of(first, what.split()[0])
    if cut <= clause.start:
        return
    yield Answer(answer.verdict, answer.claim, answer.evidence, start=clause.start, end=cut - 1)
    reason = "that it is used, is so; for what, no checker understands"
    yield Answer(
        "not checkable",
        f"{answer.claim} {_plain(what, clause)}",
        reason=reason,
        kind="behaviour",
        start=cut,
        end=clause.end,
    )


def _plain(what: str, clause: Clause) -> str:
    def name(match: re.Match[str]) -> str:
        group = clause.group(match[0])
        return " and ".join(group.texts) if group else match[0]

    return re.sub(r"@\d+", name, what)


def _understood(what: str, group: Group, clause: Clause, code: Code):  # type: ignore[no-untyped-def]
    calls = [call for text in group.texts for call in code.thing(text).calls]
    if _DELAY.match(what):
        sleeps = [call for call in calls if code.module.dotted(call.func).endswith(".sleep")]
        if sleeps and len(sleeps) == len(calls):
            return "supported", code.evidence(sleeps, "a call that sleeps is a delay")
    patching = _PATCHING.match(what)
    if patching:
        return _patching(patching["t"], calls, clause, code)
    applying = _APPLYING.match(what)
    if applying:
        return _applying(applying, calls, clause, code)
    access = _ACCESS.match(what)
    if access:
        return _access(access["what"], group, code)
    return None


def _patching(token: str, calls: list[ast.Call], clause: Clause, code: Code):  # type: ignore[no-untyped-def]
    target = clause.group(token)
    if target is None:
        return None
    every = []
    for text in target.texts:
        word = text.strip("()")
        owner = target.owner.texts[0] + "." if target.owner and "." not in word else ""
        patches = [p for p in code.patched(owner + word) if p.call in calls]
        if not patches:
            return None
        every += patches
    nodes = [p.call for p in every]
    return "supported", code.evidence(
        nodes, "the patched target is " + ", ".join(p.target for p in every)
    )


def _applying(match: re.Match[str], calls: list[ast.Call], clause: Clause, code: Code):  # type: ignore[no-untyped-def]
    given = clause.group(match["t"])
    if given is not None:
        found = [
            call
            for call in calls
            if any(
                isinstance(each, (ast.Name, ast.Attribute))
                and (getattr(each, "id", "") or getattr(each, "attr", ""))
                in [last_word(text) for text in given.texts]
                for argument in [*call.args, *(k.value for k in call.keywords)]
                for each in ast.walk(argument)
            )
        ]
        if found:
            return "supported", code.evidence(found, f"{', '.join(given.texts)} is given to it")
        return None
    noun = (match["noun"] or "").rstrip("s")
    named = [c for c in calls if noun and len(noun) > 3 and noun in ast.unparse(c.func).lower()]
    if named and len(named) == len(calls):
        return "supported", code.evidence(
            calls, f"{ast.unparse(calls[0].func)}() is given each {noun}"
        )
    return None


def _access(what: str, group: Group, code: Code):  # type: ignore[no-untyped-def]
    """``to access the X API``: an attribute that is called an API is taken from it."""
    if "api" not in what.split():
        return None
    taken = [
        parent
        for text in group.texts
        for read in code.thing(text).reads
        if isinstance(parent := code.module.parent(read), ast.Attribute)
        and "api" in parent.attr.lower().split("_")
    ]
    if taken:
        names = ", ".join(sorted({each.attr for each in taken}))
        return "supported", code.evidence(taken, f"{names} is taken from it")
    return None
