"""Whether a name is defined, imported, used or called, as a review says.

A function that is never called by name may be called all the same: passed to a thread, registered
by a decorator, or put by a patch in the place of another.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import replace

from racewright.audit.checker import Answer, Checker, combined, no, things, unsure, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.things import Thing
from racewright.audit.uses import handings, own_reads, reads_by_bases, unread_among
from racewright.audit.words import Group
from racewright.model.claim import Evidence

__all__ = ["Names"]

_S = r"(?P<s>@\d+)"
_IN = r"(?: (?:in|inside|within|by) (?P<w>@\d+))?"
_END = (
    r"(?: anywhere| at all| elsewhere| here| either| , either| as well| again| afterwards"
    r"| after (?:that|the assignment|its definition|this)| by (?:this|the) class"
    r"| in any of the (?:other )?(?:tests?|methods|functions|test cases))*$"
)
_CITED = re.compile(r" (?:on|at|in) lines? [\d ,and]+| \( ?lines? [\d ,and]+\)?| \($")
_DEFINED = re.compile(
    rf"^{_S} (?:is|are) (?:being )?(?:defined|declared|assigned|created|set|stored"
    rf"|initiali[sz]ed){_IN}{_END}"
)
_PART_OF_PATCH = re.compile(
    rf"^{_S} (?:is|are) (?:defined|used|created|declared) as (?:a )?part of (?:a"
    rf"|the) (?:mock )?patch(?:es|ing)?$"
)
_DEFINED_IN = re.compile(rf"^{_S} defined (?:in|inside|within) (?P<w>@\d+)\b")
_IMPORTED = re.compile(
    rf"^{_S} (?:is|are) (?P<not>not )?(?:being )?imported(?: (?:at the top|here))?{_END}"
)
_IMPORTS = re.compile(
    rf"^#code (?:imports|does (?P<not>not) import) {_S}(?: from (?:the standard library"
    rf"|stdlib))?{_END}"
)
_UNUSED = re.compile(
    rf"^{_S} (?:(?:is|are|was|were) )?(?:not being used|(?:not|never) (?:actually )?(?:used"
    rf"|referenced|accessed|read)|unused){_IN}{_END}"
)
_UNUSED_LIST = re.compile(
    rf"^(?:there is an? )?unused (?:imports?|variables?|names?|constants?|classes|class"
    rf"|functions?|module|arguments?)(?: :| --)? {_S}$"
)
_NO_USE_FOUND = re.compile(
    rf"^(?:i )?(?:could not|can not|do not|did not) (?:find|see|spot) (?:any"
    rf"|a single) (?:usages?|uses?|references?|callers?) (?:of|to|for) {_S}$"
)
_ASSIGNED_UNUSED = re.compile(rf"^{_S} (?:is|are) (?:assigned|defined|declared|stored|kept)$")
_NOT_NEEDED = re.compile(
    rf"^{_S} (?:(?:is|are) )?(?:not (?:needed|required|necessary)|unneeded|unnecessary|superfluous"
    rf"|redundant){_END}"
)
_IGNORED = re.compile(rf"^{_S} (?:is|are) (?:silently |simply |completely )?ignored{_END}")
_NOT_CALLED = re.compile(
    rf"^{_S} (?:(?:is|are) )?(?:never|not) (?:actually |ever )?(?:called|invoked"
    rf"|executed)(?P<direct> directly)?{_END}"
)
_CALLED = re.compile(
    rf"^{_S} (?:is|are) (?:being )?(?:called|invoked)(?P<direct> directly)?{_IN}{_END}"
)


class Names(Checker):
    kind = "identifier-usage"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = re.sub(r" in (?:its|the) body$", "", _CITED.sub("", clause.words))
        if clause.force not in ("fact", "possibility", "opinion", "question"):
            return
        inner = _DEFINED_IN.match(words)
        if inner:
            yield from _inner(inner, clause, code)
            words = f"{inner['s']}{words[inner.end() :]}"
        for pattern, test in _TESTS:
            match = pattern.match(words)
            group = clause.group(match["s"]) if match else None
            if match is None or group is None:
                continue
            answer = test(group, match, clause, code)
            if answer is not None:
                yield answer
            return


def _inner(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    """``The `f` function defined in `g` is …``: that it is defined there is one claim of two."""
    group, place = clause.group(match["s"]), clause.group(match["w"])
    if group is None or place is None:
        return
    answer = _defined(group, match, clause, code)
    if answer is not None:
        end = min(place.mentions[-1].end + 1, clause.end)
        yield replace(answer, start=clause.start, end=end)


def _names(group: Group) -> str:
    return " and ".join(group.texts)


def _verb(group: Group) -> str:
    return "are" if len(group.mentions) > 1 else "is"


def _inside(match: re.Match[str], clause: Clause, code: Code) -> ast.AST | str | None:
    token = match.groupdict().get("w")
    group = clause.group(token)
    if group is None:
        return None
    thing = code.thing(group.mentions[0].text)
    nodes = [*thing.classes, *thing.functions]
    return nodes[0] if len(nodes) == 1 else "?"


def _defined(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim = f"{_names(group)} {_verb(group)} defined"
    within = _inside(match, clause, code)
    if within == "?":
        return _defined_in_module(group, clause.group(match["w"]), code)

    def one(thing: Thing) -> Answer:
        places = [d for d in thing.definitions if d.kind != "import"]
        if places:
            return yes(claim, code.evidence([d.node for d in places], f"{thing.text} is defined"))
        if thing.definitions:
            nodes = [d.node for d in thing.definitions]
            return unsure(claim, f"{thing.text} is imported, at line {nodes[0].lineno}")  # type: ignore[attr-defined]
        if not code.is_known(thing.word or thing.text):
            return no(claim, code.evidence((), f"the name {thing.text} does not occur in the code"))
        return unsure(claim, f"{thing.text} is used here, but defined elsewhere")

    every = (
        [
            code.thing(m.text, within if isinstance(within, ast.AST) else None)
            for m in group.mentions
        ]
        if within is not None
        else things(group, code, clause)
    )
    return combined(claim, map(one, every), is_all=True)


def _defined_in_module(group: Group, module: Group | None, code: Code) -> Answer | None:
    """``Store`` is defined in ``bank.store``: another module, which can be read."""
    if module is None or len(module.texts) != 1 or code.around.module(module.texts[0]) is None:
        return None
    dotted = module.texts[0]
    claim = f"{_names(group)} {_verb(group)} defined in {dotted}"

    def one(text: str) -> Answer:
        place = code.around.find(f"{dotted}.{text.strip('()')}")
        if place is not None and place.module is not None and place.module.name == dotted:
            return yes(
                claim, Evidence(place.module.file, (place.line,), f"{text} is defined there")
            )
        if place is not None:
            return unsure(claim, f"{text} comes to {dotted} from elsewhere")
        reason = code.around.why_not_decidable(f"{dotted}.{text.strip('()')}")
        if reason:
            return unsure(claim, reason)
        return no(claim, Evidence("", (), f"{dotted} defines no {text}"))

    return combined(claim, map(one, group.texts), is_all=True)


def _part_of_patch(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim = f"{_names(group)} {_verb(group)} part of a patch"

    def one(thing: Thing) -> Answer:
        used = [patch for patch in code.patches if patch.replacement in thing.reads]
        if used:
            what = ", ".join(patch.target for patch in used)
            nodes = [*(d.node for d in thing.definitions), *(p.replacement or p.call for p in used)]
            return yes(claim, code.evidence(nodes, f"{thing.text} is put in the place of {what}"))
        return unsure(claim, f"no patch is known to use {thing.text}")

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _imported(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    is_denied = bool(match["not"])
    claim = f"{_names(group)} {_verb(group)}{' not' if is_denied else ''} imported"

    def one(text: str) -> Answer:
        thing = code.thing(text)
        nodes = [d.node for d in thing.definitions if d.kind == "import"]
        nodes += [n for n in code.uses_module(text.strip("()")) if n not in nodes]
        if nodes:
            evidence = code.evidence(nodes, f"{text} is imported")
            return no(claim, evidence) if is_denied else yes(claim, evidence)
        if code.module.tree.stars:
            return unsure(claim, "there is an import of everything (*)")
        evidence = code.evidence((), f"no import of the file brings {text}")
        return yes(claim, evidence) if is_denied else no(claim, evidence)

    return combined(claim, [one(text) for text in group.texts], is_all=True)


def _unused(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim = f"{_names(group)} {_verb(group)} not used"
    within = _inside(match, clause, code) if "w" in match.groupdict() else None
    if within == "?":
        return None

    def one(thing: Thing) -> Answer:
        reads = own_reads(thing)
        if isinstance(within, ast.AST):
            reads = [read for read in reads if code.is_in(read, within)]
        patched = code.patched(thing.word) if thing.word else []
        if reads and within is None and unread_among(thing, code):
            return unsure(claim, f"{thing.text} is the name of several things, and one is not read")
        if reads or patched:
            nodes: list[ast.AST] = [*reads, *(p.call for p in patched)]
            return no(claim, code.evidence(nodes, f"{thing.text} is used"))
        if not thing.definitions and _is_foreign(thing, group, code):
            return yes(claim, code.evidence((), f"nothing in the file names {thing.text}"))
        if not thing.definitions:
            return unsure(claim, f"{thing.text} is not defined in the file")
        reason = _may_be_used_elsewhere(thing, code)
        if reason and within is None:
            return unsure(claim, reason)
        nodes = [d.node for d in thing.definitions]
        return yes(
            claim, code.evidence(nodes, f"{thing.text} is bound here, and read nowhere in the file")
        )

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _not_needed(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Of an import that is the same as that it is not used; of other things it is a judgement."""
    kind = "import" if match.re is _NOT_NEEDED else "parameter"
    every = things(group, code, clause)
    if not all(kind in t.kinds and t.kinds <= {kind, "attribute"} for t in every):
        return None
    answer = _unused(group, _UNUSED.match(f"{match['s']} is not used") or match, clause, code)
    if answer is None or (kind == "parameter" and answer.verdict != "refuted"):
        return None
    return answer


def _is_foreign(thing: Thing, group: Group, code: Code) -> bool:
    """Whether it is known from elsewhere, and nothing here can be it: there is no use of it."""
    is_own = group.role not in ("", "module", "package", "library", "function", "method", "class")
    spelt = thing.text.partition("(")[0]
    if is_own or not code.is_absent(thing.text):
        return False
    return hasattr(builtins, spelt) or code.around.is_known_top(spelt)


def _may_be_used_elsewhere(thing: Thing, code: Code) -> str:
    """Why a name that the file does not read may be read by others; empty if nobody else can."""
    if "attribute" in thing.kinds:
        found, whole = reads_by_bases(thing.word, code)
        if found:
            return f"{thing.text} is read at {found[0][0]}:{found[0][1]}"
        if whole and code.module.is_test and thing.text.startswith("self."):
            return ""  # what a test case keeps is for itself and for its bases
        if not whole or not thing.word.startswith("_"):
            return f"the attribute {thing.word} may be read from outside of the file"
        return ""
    if thing.kinds <= {"local", "parameter"}:
        return ""
    outer = any(d.scope is not None and not d.scope.is_function for d in thing.definitions)
    is_public = not thing.word.startswith("_") or thing.word.endswith("__")
    if thing.kinds <= {"import"}:
        is_package = code.file.endswith("__init__.py")
        return "what a package imports may be meant for others" if is_package else ""
    if outer and is_public and (thing.functions or thing.classes or not code.module.is_test):
        return f"{thing.text} can be used from outside of the file"
    exported = [n for n in code.module.nodes(ast.Constant) if n.value == thing.word]
    return f"{thing.text} is named in a text at line {exported[0].lineno}" if exported else ""


def _not_called(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    is_direct = bool(match["direct"])
    claim = f"{_names(group)} {_verb(group)} never called{' directly' if is_direct else ''}"

    def one(thing: Thing) -> Answer:
        if thing.calls:
            return no(claim, code.evidence(thing.calls, f"{thing.text} is called"))
        handed = list(handings(thing, code))
        certain = [each for each in handed if each.is_certain]
        if is_direct:
            if not thing.definitions:
                return unsure(claim, f"{thing.text} is not defined in the file")
            nodes = [each.node for each in handed] or [d.node for d in thing.definitions]
            return yes(claim, code.evidence(nodes, f"no call names {thing.text}"))
        if certain:
            how = "; ".join(dict.fromkeys(each.how for each in certain))
            return no(claim, code.evidence([e.node for e in certain], f"{thing.text} is {how}"))
        if handed:
            return unsure(claim, f"{thing.text} is {handed[0].how}, and may be called from there")
        if not thing.definitions:
            return unsure(claim, f"{thing.text} is not defined in the file")
        hook = _called_by_framework(thing, code)
        if hook:
            nodes = [d.node for d in thing.definitions]
            return no(claim, code.evidence(nodes, hook))
        reason = _may_be_used_elsewhere(thing, code)
        if reason:
            return unsure(claim, reason)
        nodes = [d.node for d in thing.definitions]
        return yes(
            claim, code.evidence(nodes, f"nothing in the file calls {thing.text} or passes it on")
        )

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _called_by_framework(thing: Thing, code: Code) -> str:
    word = thing.word
    if thing.functions and word.startswith("__") and word.endswith("__"):
        return f"{word} is a special method, which the language calls"
    if thing.functions and word.startswith("pytest_"):
        return f"{word} is a hook, which pytest calls by its name"
    is_test = word.startswith("test") and code.module.is_test
    if thing.functions and (
        is_test or word in ("setUp", "tearDown", "setUpClass", "tearDownClass")
    ):
        return f"{word} is called by the test runner"
    return ""


def _called(group: Group, match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim = f"{_names(group)} {_verb(group)} called"
    within = _inside(match, clause, code)
    if within == "?":
        return None

    def one(thing: Thing) -> Answer:
        calls = list(thing.calls)
        if isinstance(within, ast.AST):
            calls = [call for call in calls if code.is_in(call, within)]
        if calls:
            return yes(claim, code.evidence(calls, f"{thing.text} is called"))
        if within is not None and thing.is_here:
            if list(handings(thing, code)):
                return unsure(claim, f"{thing.text} is passed on")
            return no(
                claim,
                code.evidence(
                    [within] if isinstance(within, ast.AST) else (),
                    f"no call of {thing.text} stands there",
                ),
            )
        if not code.is_known(thing.word or thing.text):
            return no(claim, code.evidence((), f"the name {thing.text} does not occur in the code"))
        return unsure(claim, f"no call of {thing.text} was found, but the name occurs")

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


_TESTS = (
    (_PART_OF_PATCH, _part_of_patch),
    (_DEFINED, _defined),
    (_ASSIGNED_UNUSED, _defined),
    (_IMPORTED, _imported),
    (_IMPORTS, _imported),
    (_UNUSED, _unused),
    (_UNUSED_LIST, _unused),
    (_NO_USE_FOUND, _unused),
    (_NOT_NEEDED, _not_needed),
    (_IGNORED, _not_needed),
    (_NOT_CALLED, _not_called),
    (_CALLED, _called),
)
