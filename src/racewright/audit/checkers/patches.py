"""What a patch reaches, for how long, and what the object that takes the place changes in that.

The reach of a patch is its target: a class's attribute is every instance's. What it is replaced by,
a function or a ``Mock``, has nothing to do with it. How long it lasts is decided by who stops it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, decided, in_words, no, unsure
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.model.claim import Evidence
from racewright.review.patches import Patch

__all__ = ["Patches", "is_scoped"]

_VERB = r"(?:overridden|patched|mocked|replaced|stubbed(?: out)?|mocked out)"
_PATCHED = re.compile(rf"^(?P<s>@\d+) (?:is|are) (?:being )?(?:temporarily )?{_VERB}$")
_OVERRIDING = re.compile(
    r"\b(?:overriding|patching|mocking|replacing) (?P<what>[a-z ]{0,24}?)(?: ?(?:methods?"
    r"|functions?))? ?(?:like|such as|,)? (?P<s>@\d+)"
)
_PATCHES = re.compile(
    r"^(?:#code|@\d+|the (?:test|method|function|setup)) (?:mock-?)?(?:patches|mocks|overrides"
    r"|stubs|monkey-?patches|replaces) (?P<s>@\d+)(?P<rest> (?:with|using|by|via|to|in|so) .*|)$"
)
_UNDONE = re.compile(
    r"^(?:the |these |those |its |both |all )?(?:mock |monkey-?|mocked |patched )*(?:patch(?:es)?"
    r"|mocks?|stubs?|overrides?|replacements?|methods?|functions?) (?:is|are|get|gets) "
    r"(?P<not>not |never )?(?:automatically |properly |always |ever )*(?:undone"
    r"|restored|reverted|removed|cleaned up|stopped|reset|taken back|unpatched|torn down)"
    r"(?: automatically| properly| afterwards| again| at the end"
    r"| (?:at the end of|after|when|once) (?:the|each|a|this) tests?(?: \w+)?)*$"
)
_LEAK = re.compile(
    r"^(?:the |these |those |its |both )?(?:mock |monkey-?)*(?:patch(?:es)?|mocks?) (?P<not>(?:do"
    r"|does) not |never )?(?:leaks?|persists?|stays? active|remains? (?:active|in place)|spills?"
    r"(?: over)?)(?: out)? ?(?:(?:in)?to|across|between|beyond|after|outside)? ?"
    r"(?:(?:the|other|this|each|subsequent|later|of) )*(?:tests?|test cases?|duration|scope)?"
    r"(?: finishes| ends| is over| has run)?$"
)
_SYSTEM = re.compile(r"\b(?:system|built-in|builtin|standard library|operating system|os)\b")
_MOCK = re.compile(r"\bmocks?\b")
_AVOID = re.compile(
    r"\b(?:(?:to avoid|to prevent|avoids?|avoiding|without|not) (?:affecting|affects?"
    r"|influencing|impacting|breaking))\b"
)
_OTHERS = re.compile(r"\b(?:other|rest|elsewhere|global\w*)\b")
_DURATION = re.compile(
    rf"\b{_VERB} (?:only )?(?:for|during) the (?:duration|lifetime|length|scope"
    rf"|course) of (?:the|each|a|this) tests?\b"
)
_SCOPING = frozenset(["useFixture", "enter_context", "enterContext", "enter_async_context"])


class Patches(Checker):
    kind = "behaviour"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = clause.words
        if not code.patches:
            return
        yield from _patched(clause, words, code)
        yield from _system(clause, words, code)
        yield from _mock_would_avoid(clause, words, code)
        if clause.force == "advice":
            return
        if _DURATION.search(words):
            yield from _duration(code, "the patches last no longer than the test", False)
        undone, leak = _UNDONE.match(words), _LEAK.match(words)
        if undone:
            is_denied = bool(undone["not"])
            yield from _duration(code, in_words(undone, clause), is_denied)
        elif leak and clause.force == "fact":
            yield from _duration(code, in_words(leak, clause), not leak["not"])


def _patched(clause: Clause, words: str, code: Code) -> Iterator[Answer]:
    match = _PATCHED.match(words) or _PATCHES.match(words) or _OVERRIDING.search(words)
    group = clause.group(match["s"]) if match else None
    if group is None or clause.force == "advice":
        return
    found: list[Patch] = []
    for text in group.texts:
        patches = code.patched(text.strip("()").removeprefix("self."))
        if not patches:
            return
        found += patches
    claim = f"{' and '.join(group.texts)} {'are' if len(group.texts) > 1 else 'is'} patched"
    targets = ", ".join(dict.fromkeys(patch.target for patch in found))
    rest = (match.groupdict().get("rest") or "").split() if match else []
    cut = clause.start_of(rest[0], rest[1]) if len(rest) > 1 else clause.start
    yield Answer(
        "supported",
        claim,
        (code.evidence([p.call for p in found], f"the patched target is {targets}"),),
        kind="identifier-usage",
        start=clause.start if cut > clause.start else 0,
        end=cut - 1 if cut > clause.start else 0,
    )


def _system(clause: Clause, words: str, code: Code) -> Iterator[Answer]:
    """``overriding system methods like X``: methods of whose classes are they?"""
    match = _OVERRIDING.search(words)
    group = clause.group(match["s"]) if match else None
    if match is None or group is None or not _SYSTEM.search(match["what"]):
        return
    patches = [p for text in group.texts for p in code.patched(text.strip("()"))]
    if not patches:
        return
    tops = {patch.target.partition(".")[0] for patch in patches}
    claim = f"{' and '.join(group.texts)} are {match['what'].strip()} methods"
    if tops & {"builtins", *sys.stdlib_module_names}:
        yield unsure(claim, "the patched target is of the standard library")
        return
    targets = ", ".join(dict.fromkeys(patch.target for patch in patches))
    yield no(
        claim,
        code.evidence(
            [p.call for p in patches], f"these are methods of the application: {targets}"
        ),
    )


def _mock_would_avoid(clause: Clause, words: str, code: Code) -> Iterator[Answer]:
    avoid = _AVOID.search(words)
    if not avoid or not _OTHERS.search(words[avoid.end() :]):
        return
    named = [text.rpartition(".")[2] for group in clause.groups for text in group.texts]
    if not (_MOCK.search(words[: avoid.start()]) or any("Mock" in text for text in named)):
        return
    shared = [patch for patch in code.patches if _is_shared(patch)]
    if not shared or len(shared) != len(code.patches):
        return
    nodes = [patch.call for patch in shared]
    reach = code.evidence(
        nodes,
        "the targets are attributes of a class or a module, which everybody in the process shares "
        "while the patch lasts",
    )
    rule = Evidence(
        "", (), "unittest.mock: a patch replaces the target, whatever the new object is"
    )
    cut = _start_of_avoid(clause)
    yield Answer("refuted", "a Mock object would avoid affecting other code", (reach, rule))
    if cut:
        yield Answer(
            "supported",
            "while it lasts, the patch affects other code that uses the same target",
            (reach,),
            start=cut,
            end=clause.end,
        )


def _start_of_avoid(clause: Clause) -> int:
    for spot in clause.spots:
        if spot[0] in ("affecting", "affect", "affects", "influencing", "impacting"):
            return spot[1]
    return 0


def _is_shared(patch: Patch) -> bool:
    parts = patch.target.split(".")
    return len(parts) >= 2 and all(part.isidentifier() for part in parts) and parts[0] != "self"


def is_scoped(patch: Patch, code: Code) -> str:
    """How a patch is taken back at the end of what it is for; empty if that is not seen."""
    if patch.target and isinstance(patch.call.func, ast.Attribute):
        owner = ast.unparse(patch.call.func.value)
        if owner.endswith(("monkeypatch", "mocker", "mocker.patch")):
            return "the fixture takes it back"
    for above in code.module.ancestors(patch.call):
        if isinstance(above, ast.Call):
            name = ast.unparse(above.func).rpartition(".")[2]
            if name in _SCOPING:
                return f"{name}() takes it back in the clean-up of the test"
        if isinstance(above, ast.withitem):
            return "a with statement takes it back"
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if patch.call in above.decorator_list:
                return "as a decorator it lasts for the call"
            return ""
    return ""


def _duration(code: Code, claim: str, is_denied: bool) -> Iterator[Answer]:
    """Whether every patch is taken back; or, denied, that they are not."""
    ways = [is_scoped(patch, code) for patch in code.patches]
    if all(ways):
        nodes = [patch.call for patch in code.patches]
        text = "; ".join(dict.fromkeys(ways))
        yield decided(True, is_denied, claim, nodes, text, code)
    else:
        yield unsure(claim, "who takes a patch back is not seen")
