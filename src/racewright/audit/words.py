"""From the words of a sentence to words that patterns can be written for.

A sentence becomes a line of plain lower-case words in which each mention of code is one token:
``the `a` and `b` functions aren't called`` is ``@0 are not called``, and ``@0`` stands for the
group of both names, with the role *function*. Each token keeps where it came from.

Patterns over such lines have no nested repetitions, and a line is never longer than
:data:`LONGEST`, so no text makes them slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from racewright.audit.vocabulary import ADJECTIVES, CONTRACTIONS, LEADING, SAME

__all__ = ["LONGEST", "Group", "Mention", "Token", "tokens_of"]

#: Characters of a sentence beyond which it is not read.
LONGEST = 1200

_ROLES = (
    "abstract method|static method|class method|context manager|data ?class|test function"
    "|environment variable|env var|function|method|class|variable|attribute|constant|module|package"
    "|library|argument|parameter"
    "|fixture|decorator|exception|statement|helper|annotation|property|field|keyword|object"
    "|instance|import|call|constructor|fixture|block|wrapper|callback|flag|option|api|loop"
    "|test|expression|literal|generator|type|interface|base class|method call|function call"
    "|assertion|key|name|error|member|value|clause|framework"
)
_ROLE = re.compile(rf"(?:{_ROLES})(?:s|es)?$")
_ROLE_PAIRS = frozenset(word for word in _ROLES.split("|") if " " in word)
_PLURALS = {"classes": "class", "properties": "property", "libraries": "library"}
_TOKEN = re.compile(
    r"(?P<code>``[^`\n]{1,200}``|`[^`]{1,200}`)"
    r"|(?P<marks>\*{1,3}|~~|_(?=[A-Za-z`]+(?: |_(?!\w)))(?!_))"
    r"|(?P<name>@?[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99}){0,9}(?:\(\))?(?:['\u2019][a-z]{1,3}\b)?"
    r"(?:-[A-Za-z]\w{0,40}){0,4})"
    r"|(?P<number>\d[\d_]{0,12}(?:\.\d{1,6})?)"
    r"|(?P<slash>(?<=`)\s?/\s?(?=`))"
    r"|(?P<comma>,)|(?P<colon>[:;])|(?P<dash>[—\u2013\u2192]|\s(?:-{1,2}|[-=]>)\s)|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<end>[?!.])"
)
#: A contracted *is*, told by what follows: ``it's called``, not ``the helper's name``.
_IS = re.compile(
    r"['\u2019]s\s+(?:(?:never|not|only|also|always|already)\s+)?(?:(?:\w{2,20}ed|set|read|built"
    r"|thrown|taken|given|bound)(?:\s+(?:by|in|with|from|twice|once|three|four|five|\d+|at|on|to|for"
    r"|before|after|as|anywhere)\b|\s*[.,;:]|$)|(?:never|not|an?|the|no)\s)"
)
_CODE_LIKE = re.compile(
    r"@?(?:_\w*|\w+_\w*|\w+\(\)|[a-z]+\w*(?:\.[A-Za-z_]\w*)+(?:\(\))?"
    r"|[A-Z]\w*\.\w+(?:\.\w+)*(?:\(\))?)$"
)
_NAMED_BY = ("function", "method", "fixture", "variable", "class", "library", "framework", "module")
_OF_MODULES = ("module", "library", "package")
_NOT_NAMES = frozenset(
    [
        "test",
        "tests",
        "mock",
        "setup",
        "helper",
        "base",
        "main",
        "this",
        "code",
        "logging",
        "standard",
    ]
)
_PATH = re.compile(r"[\w/.-]+\.(?:py|md|txt|toml|cfg|ini|json|ya?ml|rst)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece of code that a review names."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """Mentions that a sentence speaks of together, or one."""

    mentions: tuple[Mention, ...]
    role: str = ""  #: function, class, fixture, …, if the review says so
    owner: Group | None = None  #: what it is said to be a part of
    is_or: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(each.text for each in self.mentions)


@dataclass(slots=True)
class Token:
    """A word, a mark or a group."""

    text: str
    start: int
    end: int
    group: Group | None = field(default=None)


# --- Tokens ---


def tokens_of(text: str, start: int, end: int, is_known: Callable[[str], bool]) -> list[Token]:
    """The tokens of a sentence; ``is_known`` says whether a bare word is a name in the code."""
    end = min(end, start + LONGEST)
    raw = list(_raw_tokens(text, start, end, is_known))
    raw = _with_bare_names(raw, is_known)
    return _joined(_with_roles(raw))


def _raw_tokens(
    text: str, start: int, end: int, is_known: Callable[[str], bool]
) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        kind, words = match.lastgroup, match[0]
        a, b = match.span()
        if kind == "code":
            inner = words.strip("`").strip()
            if inner:
                shift = len(words) - len(words.lstrip("`"))
                yield _mention(inner, a, b, shift)
                if _IS.match(text, b, end):
                    yield Token("is", b, b + 2)
        elif kind == "name":
            yield from _words(words, a, b, is_known)
            is_written_out = words.replace("\u2019", "'").lower() in CONTRACTIONS
            if not is_written_out and _IS.match(text, b - 2, end):
                yield Token("is", b - 2, b)
        elif kind == "number":
            yield Token(words.replace("_", ""), a, b)
        elif kind in ("comma", "colon", "dash", "open", "close", "slash"):
            yield Token(
                {"dash": "--", "slash": "/"}.get(kind, words.replace("[", "(").replace("]", ")")),
                a,
                b,
            )


def _mention(inner: str, a: int, b: int, shift: int = 0) -> Token:
    return Token("@", a, b, Group((Mention(" ".join(inner.split()), a + shift, b - shift),)))


def _words(words: str, a: int, b: int, is_known: Callable[[str], bool]) -> Iterator[Token]:
    plain = words.replace("\u2019", "'")
    head, mark, tail = plain.partition("'")
    lower = plain.lower()
    if lower in CONTRACTIONS or lower in SAME:
        for word in (CONTRACTIONS.get(lower) or SAME[lower]).split():
            yield Token(word, a, b)
        return
    if lower.startswith(("e.g", "i.e")):
        return
    if mark and tail in ("s", "d", "ll", "ve", "re"):
        b = a + len(head)
        plain, lower = head, head.lower()
    if _PATH.match(plain):
        yield Token("#file", a, b)
    elif (
        (_CODE_LIKE.match(plain) and "-" not in plain and not lower.endswith((".e", ".g")))
        or (_is_camel(plain) and is_known(plain))
        or (plain.isupper() and len(plain) > 2 and is_known(plain))
    ):
        yield _mention(plain, a, b)
    else:
        yield Token(lower, a, b)


def _is_camel(word: str) -> bool:
    inner = word[1:]
    return any(c.isupper() for c in inner) and any(c.islower() for c in word) and word.isalnum()


def _with_bare_names(tokens: list[Token], is_known: Callable[[str], bool]) -> list[Token]:
    """``the worker function`` names code, if the code has a worker; ``the test function`` not."""
    found = list(tokens)
    for place, token in enumerate(tokens[:-1]):
        follows = tokens[place + 1].text
        is_name = token.group is None and token.text.isidentifier() and len(token.text) > 1
        before = tokens[place - 1].text if place else ""
        if (
            is_name
            and (before in ("the", "and", ",") or (not place and follows in _OF_MODULES))
            and follows.rstrip("s") in _NAMED_BY
            and token.text not in LEADING
            and not _ROLE.match(token.text)
            and token.text not in _NOT_NAMES
            and is_known(token.text)
        ):
            found[place] = _mention(token.text, token.start, token.end)
    for place, token in enumerate(tokens[1:], 1):
        # ``the loop variable r``: one letter that is no word
        is_letter = len(token.text) == 1 and token.text.isalpha() and token.text not in "ai"
        if (
            is_letter
            and found[place].group is None
            and tokens[place - 1].text in ("variable", "parameter", "argument", "name", "attribute")
            and is_known(token.text)
        ):
            found[place] = _mention(token.text, token.start, token.end)
    return found


def _with_roles(tokens: list[Token]) -> list[Token]:
    """Mentions take in the articles and the nouns around them."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.group is None:
            found.append(token)
            place += 1
            continue
        role, start, end = "", token.start, token.end
        place += 1
        # What stands behind: `x` function, `y` static method
        for length in (2, 1):
            words = " ".join(t.text for t in tokens[place : place + length])
            single = _singular(words)
            if _is_verb(tokens, place + length - 1):
                continue
            if (length == 1 and _ROLE.match(words)) or (length == 2 and single in _ROLE_PAIRS):
                role, end = single, tokens[place + length - 1].end
                place += length
                break
        # What stands before: the function `x`
        if not role and found and found[-1].group is None and _ROLE.match(found[-1].text):
            before = found[-2].text if len(found) > 1 else ""
            is_verb = found[-1].text in ("call", "test", "import", "name", "value", "key")
            is_doing = found[-1].text in _DOING and before not in LEADING
            is_kind = before in ("class", "instance", "static", "abstract", "module", "default")
            if is_doing:
                pass
            elif before in LEADING or is_kind or (len(found) == 1 and not is_verb):
                role, start = _singular(found[-1].text), found[-1].start
                found.pop()
                if is_kind:
                    start = found.pop().start
        while (
            found
            and found[-1].group is None
            and (found[-1].text in LEADING or found[-1].text in ADJECTIVES)
        ):
            if found[-1].text in ("both", "all", "any", "each", "every"):
                start = found[-1].start
                found.pop()
                break
            start = found[-1].start
            found.pop()
        group = replace(token.group, role=role) if token.group else None
        found.append(Token("@", start, end, group))
    return found


#: Plurals of nouns that are also what a name may do to what follows.
_DOING = frozenset(
    ["calls", "imports", "tests", "names", "values", "returns", "keys", "blocks", "loops"]
)
#: What stands behind such a word where it is a verb.
_AFTER_DOING = frozenset(
    [*LEADING, "itself", "only", "directly", "over", "through", "forever", "until", "into", "no"]
)


def _is_verb(tokens: list[Token], place: int) -> bool:
    """``x`` *calls* ``y`` says what it does; the ``x`` *calls* are several."""
    if place + 1 >= len(tokens) or tokens[place].text not in _DOING:
        return False
    follows = tokens[place + 1]
    return follows.group is not None or follows.text in _AFTER_DOING


def _singular(words: str) -> str:
    if words in _PLURALS:
        return _PLURALS[words]
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words


def _joined(tokens: list[Token]) -> list[Token]:
    """``@ , @ and @`` is one group; ``@ of @`` says whose."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        if token.group is None or not found:
            found.append(token)
            continue
        joint = _joint(found)
        if joint == 1 and found[-1].text == "and" and _begins_anew(found, tokens, place):
            joint = None
        if joint is not None:
            before = found[-1 - joint]
            words = [t.text for t in found[len(found) - joint :]]
            del found[len(found) - joint :]
            if words == ["of"] or words == ["'s"]:
                if before.group is not None:
                    before.group = replace(before.group, owner=token.group)
                before.end = token.end
                continue
            assert before.group is not None
            role = token.group.role or before.group.role
            members = before.group.mentions + token.group.mentions
            owner = token.group.owner or before.group.owner
            before.group = Group(members, role, owner, before.group.is_or or "or" in words)
            before.end = token.end
            continue
        found.append(token)
    return found


def _begins_anew(found: list[Token], tokens: list[Token], place: int) -> bool:
    """``f calls a`` *and* ``g calls b``: what follows is the subject of a statement of its own."""
    follows = tokens[place + 1].text if place + 1 < len(tokens) else ""
    is_object = len(found) > 2 and any(token.group is not None for token in found[:-2])
    return is_object and follows in _SINGULAR


#: Verbs of one subject: two that are joined would have another form.
_SINGULAR = frozenset(
    [
        "calls",
        "uses",
        "returns",
        "raises",
        "catches",
        "takes",
        "has",
        "is",
        "does",
        "sets",
        "reads",
        "writes",
        "holds",
        "inherits",
        "defines",
        "imports",
        "sleeps",
        "waits",
    ]
)


def _joint(found: list[Token]) -> int | None:
    """How many words at the end join a group with what follows, or nothing."""
    joints = (
        (",", "and"),
        (",", "or"),
        ("as", "well", "as"),
        ("and",),
        ("or",),
        (",",),
        ("/",),
        ("of",),
    )
    for words in joints:
        length = len(words)
        if (
            len(found) > length
            and tuple(t.text for t in found[-length:]) == words
            and found[-length - 1].group is not None
        ):
            return length
    return None
