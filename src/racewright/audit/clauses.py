"""From a sentence to clauses, each with its subject and its force.

A clause says one thing. Where it has no subject of its own ("and is never used", "which has no
docstring") it is given the one before. Its force tells what a checker may do with it: *fact*,
*advice*, *opinion*, *possibility* ("may leak") or *question*. A premise and the advice that rests
on it are two clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from racewright.audit.ellipses import completed
from racewright.audit.force import force_of
from racewright.audit.items import Item, Part, lines_cited
from racewright.audit.phrasing import canonical, without_frame
from racewright.audit.sentences import sentences_of
from racewright.audit.vocabulary import VERBS
from racewright.audit.words import Group, Token, tokens_of

__all__ = ["Clause", "clauses_of"]

_CODE = (
    r"(?:the|this|your|our)?\s?(?:provided |given |above |whole |entire |test |same |reviewed )?"
    r"(?:code(?:base)?|#file|file|module|script|snippet|program|implementation|patch|tests?"
    r"(?: ?cases?| file| suite| script| code| module| class| method| function)?|suite"
    r"|reviewed code)"
)
#: What is said of the code as a whole, at the start of a clause.
_WHOLE = re.compile(
    rf"^(?:overall , |however , |also , )?{_CODE} (?=(?:is|are|has|have|does|do|\w+s|use|"
    r"contain|rely|lack|\w+ly|never|also|not|import|mock|require|can|could|may|might)\b)"
)
_EVERYWHERE = re.compile(
    r" (?:in|within|throughout|inside|across) (?:the|this) (?:whole |entire |provided |given "
    r"|test )?"
    r"(?:code(?:base)?|file|module|script|snippet|#file|test file|test case|test|tests)(?: at all)?"
    r"(?= (?:,|and|or|but|is|are|was|so|to|for|which|via|that)\b|$)"
)
_FILLERS = re.compile(
    r"\b(?:currently|also|simply|really|actually|explicitly|just|apparently|basically|clearly"
    r"|still|however|overall|therefore|thus|additionally|furthermore|moreover|lastly|finally"
    r"|obviously|entirely|completely|quite|i (?:noticed|think|believe|see)"
    r"(?: that)?|note that|please note that|it seems that|it appears that|first of all)\b ?,? ?"
)
#: Where one clause ends and the next begins, and what joins them.
_JOINT = re.compile(
    r" (?:(?P<punct>; |: |-- |\( |\) )"
    r"|, (?P<so>so that|with(?= @\d+ as )|together with) "
    r"|(?:, )?(?:and )?(?P<word>but(?: instead)?|yet|so(?! that)|(?:none|neither) of which"
    r"|which|that(?= defaults )"
    r"|as opposed to|in contrast to|since"
    r"|because|hence|therefore|while(?! holding| under| the lock)|whereas|although|though"
    r"|however|and (?=how |why |what |where )|as(?= (?:it|they|this|that|these|@\d+|we|there) )"
    r"|and so|and therefore|and hence|if|when(?! python| running| run )|unless|where|rather than"
    r"|instead of|meaning|making|allowing|causing|leading"
    r"|resulting|unlike|given that|even though)\b(?: |$)"
    rf"|(?P<and>(?:, )?and )(?=(?:it |they |this |these |there |@\d+ |the \w+ |no \w+ "
    rf"|neither |both |all |nobody |nothing (?:in \w+ \w+ )?|then nobody (?:ever )?|\w+ly )?"
    rf"{VERBS}\b|nothing |(?:then )?nobody )"
    rf"|(?P<comma>, )(?=(?:it|they|this|that|these|there|@\d+|no|we|you|i|please|a|an"
    rf"|the (?:\w+ ){{0,2}}\w+|neither|none|both) (?:\w+ly )?{VERBS}\b|not |never |please "
    r"|(?:it|they|you|we|i|nobody|nothing) \w+ |no (?:@\d+|\w+)(?: |$)"
    r"|(?:use|remove|make|consider|add|drop) |(?:imported|defined|inherited"
    r"|decorated) (?:from|in|by) "
    r"|(?:always|each time|every time) |(?:raises|returns|calls|uses|catches|swallows|ignores"
    r"|holds|takes) )"
    r")"
)
_PRONOUN = re.compile(
    rf"^(?:and |then )?(?:it|they|this|that|these|those|which|who"
    rf"|(?:each|neither|both|all)(?= {VERBS}\b)"
    r"|the former|the latter"
    r"|the (?:helper|wrapper|callback|method|function|class|attribute|variable|fixture|argument"
    r"|constant|parameter"
    r"|decorator|exception|module))(?= )"
)
_EXPLETIVE = re.compile(
    r"^(?:it|this|that|which) (?:is|would|will|could|may|might|was)(?: also"
    r"| then)? (?:\w+ly )?(?:not )?(?:be )?"
    r"(?:recommended|better|safer|worth|good|nice|best|unclear|clear|obvious|hard|easy|possible"
    r"|suggested|advisable|important|helpful|preferable|ideal|necessary|unclear|difficult)\b"
)
_NO_SUBJECT = re.compile(rf"^(?:(?:\w+ly|only|also) )?{VERBS}\b")
_UNCLEAR = re.compile(
    r"\b(?:clear|unclear|obvious|explain|explains|explained|clarify|document|documented"
    r"|describe|describes|know"
    r"|understand|see|explaining|why|how|comments?)(?: [a-z ]{1,40})?$"
)
#: Where something is said to be, before it is said what.
_PLACED = re.compile(r"^(?:on|in|at) lines? [\d ,]+ ,(?: |$)")
_ASIDE = re.compile(r"\b(?:especially|particularly|even|only|except)$")
_SHORT_ASIDE = re.compile(r"[^()]{0,48}\)")
_ENDS_SHORT_ASIDE = re.compile(r"\( [^()]{0,48}$")
#: A subject in words: ``the loop variable is …``, ``passing a name is …``.
_OWN_SUBJECT = re.compile(
    r"^(?:the|a|an|this|these|those|each|every|all|both|neither|its|their|our) "
    r"(?!@)(?:[a-z-]+ ){1,5}(?:is|are|was|has|have|can|does|do|will|may|might|should|\w+s)\b"
)
_OBJECT = re.compile(
    r"^((?:(?:#code|you|we) )?(?:does not |do not |never )(?:\w+ly )?(?:use|call|read|access|need"
    r"|reference)) (?:it|them)\b"
)
_FROM = re.compile(r"(?<!derives )(?<!inherits )(?<!derived )\b(?:from|in|of) @\d+$")
_REMEDY = re.compile(r"^(?:remediation|solution|fix|recommendation|suggestion|mitigation)$")
_KEPT = ("where", "which", "when", "if", "why", "so", "because")
_OWNS = re.compile(r"^(@\d+|#code) (?:has|have|contains?|takes?|carries) ")
_PLACES = re.compile(r"\b(?:places?|spots?|cases|instances|locations?|occasions|lines?|points?)$")
_PLACES_WHERE = re.compile(
    r"^#code (?:has|contains|have) (?P<many>a few|several|some|multiple|many|a couple of|two"
    r"|three) "
    r"(?:places|spots|cases|instances|locations|occasions) where (?:it|the code|#code|they) "
)
#: Words of a sentence that announces others, or that says nothing by itself.
_NOISE = re.compile(
    r"^(?:(?:#code|there|it|this|the following|here|here is|below|summary|overview"
    r"|conclusion|issues?|findings?|security"
    r"|testing|code quality|general|notes?|other remarks|cheers|hi|thanks?"
    r"|thank you)\b(?: (?:has|have|are|is|a|an|few|some"
    r"|several|things?|issues?|that|could|be|improved|points?|stand out|following|for|the"
    r"|this|patch|remarks|on|of|just|couple"
    r"|questions|detailed|analysis|based|common|security|concerns|places?|potential"
    r"|problems?|comments?|test|helpers|review"
    r"|module|storage|here|however|instead|:|,)\b ?)*:?|\W*)$"
)


@dataclass(slots=True)
class Clause:
    """One thing that is said."""

    words: str  #: as patterns read it
    start: int  #: of the quoted words
    end: int
    force: str  #: fact, advice, opinion, possibility, question or verdict
    groups: list[Group]  #: of the sentence; ``@2`` is the third
    item: Item
    role: str  #: of the part of the item: text, heading, defect, solution, quotation
    lines: list[int]  #: that the clause, its sentence or its item cites
    own_lines: list[int]  #: that the sentence itself cites
    joint: str = ""  #: the word that joins it to what is before
    is_subject_given: bool = False  #: whether its subject was taken from before
    topic: Group | None = None  #: what the item speaks of
    spots: tuple[tuple[str, int, int], ...] = ()  #: its words, with where they stand
    said_before: str = ""  #: the clause before, of the same sentence
    earlier: tuple[Clause, ...] = ()  #: the clauses of the same item that came before

    def start_of(self, first: str, second: str) -> int:
        """Where two words that follow each other begin in the text, or the clause's start."""
        for one, two in zip(self.spots, self.spots[1:], strict=False):
            if one[0] == first and two[0] == second:
                return one[1]
        return self.start

    def group(self, token: str | None) -> Group | None:
        """The group that ``@2`` stands for."""
        if not token or not token.startswith("@"):
            return None
        place = int(token[1:])
        return self.groups[place] if place < len(self.groups) else None


@dataclass(slots=True)
class _Line:
    """A sentence as one line of words, with the way back from each character."""

    words: str
    spots: list[tuple[int, int, int]]  # where a token begins in words, and in the text
    groups: list[Group]

    def span(self, start: int, end: int) -> tuple[int, int]:
        inside = [spot for spot in self.spots if start <= spot[0] < end]
        return (inside[0][1], max(spot[2] for spot in inside)) if inside else (0, 0)

    def inside(self, start: int, end: int) -> tuple[tuple[str, int, int], ...]:
        return tuple(
            (self.words[at:].partition(" ")[0], a, b)
            for at, a, b in self.spots
            if start <= at < end
        )


def clauses_of(text: str, item: Item, is_known: Callable[[str], bool]) -> Iterator[Clause]:
    """The clauses of an item, in their order."""
    topic: Group | None = None
    earlier: list[Clause] = []
    for part in item.parts:
        before: Group | None = topic
        if part.role == "location":
            tokens = tokens_of(text, part.start, part.end, is_known)
            topic = next((t.group for t in tokens if t.group is not None), topic)
            continue
        for start, end in sentences_of(text, part.start, part.end):
            line = _line_of(tokens_of(text, start, end, is_known))
            if not line.words.strip():
                continue
            is_question = text[end - 1] == "?"
            for clause in _split(
                text, line, item, part, before, is_question, (start, end), earlier
            ):
                clause.topic = topic
                clause.earlier = tuple(earlier[-6:])
                earlier.append(clause)
                yield clause
            if line.groups or _OWN_SUBJECT.match(line.words):
                before = _spoken_of(line, earlier)
            if part.role == "heading" and line.groups:
                topic = line.groups[0]


def _spoken_of(line: _Line, earlier: list[Clause]) -> Group | None:
    """What a pronoun of the next sentence stands for: the subject of this one, if it has a name."""
    if not line.groups:
        return None
    first = line.groups[0]
    for clause in earlier[::-1]:
        named = re.match(r"@\d+", clause.words)
        if named and first in clause.groups:
            return clause.group(named[0])
    return None if _OWN_SUBJECT.match(line.words) else first


def _line_of(tokens: list[Token]) -> _Line:
    words: list[str] = []
    spots: list[tuple[int, int, int]] = []
    groups: list[Group] = []
    length = 0
    for token in tokens:
        word = token.text
        if token.group is not None:
            word = f"@{len(groups)}"
            groups.append(token.group)
        spots.append((length, token.start, token.end))
        words.append(word)
        length += len(word) + 1
    return _Line(" ".join(words), spots, groups)


def _split(
    text: str,
    line: _Line,
    item: Item,
    part: Part,
    before: Group | None,
    is_question: bool,
    span: tuple[int, int],
    earlier: list[Clause],
) -> Iterator[Clause]:
    groups = list(line.groups)
    is_of_code = bool(earlier) and earlier[-1].item is item and earlier[-1].words[:6] == "#code "
    own_lines = lines_cited(text[span[0] : span[1]])
    lines = own_lines or item.lines
    subject = ""
    if before is not None:
        groups.append(before)
        subject = f"@{len(groups) - 1}"
    is_advice = part.role == "solution"
    last, is_from, said_before = "", False, ""
    for joint, start, end in _pieces(line.words):
        raw = line.words[start:end].strip(" ,")
        if not re.search(r"[a-z@]", raw):
            continue
        is_relative = joint.endswith(("which", "that")) and joint != "so that"
        if is_relative and last and not is_from:
            subject = last
        is_advice = is_advice or _REMEDY.match(said_before) is not None
        is_begun = not joint and text[span[0]].islower()  # by a heading that runs on
        is_unknown = is_relative and is_from and not said_before.startswith("@")
        given = "" if is_unknown or _REMEDY.match(said_before) else subject
        words = _plain(raw)
        if earlier:
            words = completed(words, earlier[-1].words, earlier[-1].groups, groups)
        if is_of_code and not given and words.startswith("it "):
            given = "#code"
        if last and not words.startswith("@"):
            words = _OBJECT.sub(rf"\1 {last}", words)
        owner = _OWNS.match(said_before)
        if owner and joint == "but" and words.startswith("no "):
            words = f"{owner[1]} has {words}"  # `x` has a comment but no docstring
        words, is_given = _with_subject(words, given, joint, is_begun)
        words = canonical(_without_any(words) if joint.endswith("of which") else words)
        many = _PLACES_WHERE.match(words)
        if many:
            words = f"#code {words[many.end() :]} in {many['many']} places"
        if _NOISE.match(words):
            continue
        a, b = line.span(start, end)
        cited = lines_cited(text[a:b])
        force = force_of(words, joint, is_question, is_advice, part.role == "heading")
        yield Clause(
            words,
            a,
            b,
            force,
            groups,
            item,
            part.role,
            cited or lines,
            cited,
            joint,
            is_given,
            spots=line.inside(start, end),
            said_before=said_before,
        )
        said_before = words
        every = re.findall(r"@\d+", raw)
        last = every[-1] if every else ""
        is_from = bool(_FROM.search(raw))
        named = re.match(r"@\d+|#code\b", words)
        if named and joint != "(":
            subject = named[0]
        elif _OWN_SUBJECT.match(words) and joint != "(":
            subject = ""  # what follows is said of a thing that has no name here


def _without_any(words: str) -> str:
    """``none of which is used``: what is said, denied."""
    return re.sub(
        r"^(@\d+ (?:is|are)) ", r"\1 not ", re.sub(r"^(@\d+) (?=appear)", r"\1 do not ", words)
    )


def _pieces(words: str) -> Iterator[tuple[str, int, int]]:
    start, joint = 0, ""
    for match in _JOINT.finditer(words):
        cut = match.start()
        if match["punct"] == "( " and _SHORT_ASIDE.match(words[match.end() :]):
            continue
        if match["punct"] == ") " and _ENDS_SHORT_ASIDE.search(words[start:cut]):
            continue
        is_aside = match["word"] == "which" and match[0].startswith(" ,")
        if match["word"] in _KEPT and not is_aside and _UNCLEAR.search(words[start:cut]):
            continue
        if match["comma"] and words[start:cut].strip() in ("instead", "ideally", "otherwise"):
            continue
        if match["comma"] and _PLACED.match(words[start:cut] + " ,"):
            continue
        if match["word"] in ("when", "if") and _ASIDE.search(words[start:cut]):
            continue
        if match["word"] == "where" and _PLACES.search(words[start:cut]):
            continue
        if words[start:cut].strip(" ,"):
            yield joint, start, cut
        joint = (
            match["punct"] or match["word"] or match["so"] or ("and" if match["and"] else ",")
        ).strip()
        start = match.end()
    if words[start:].strip(" ,"):
        yield joint, start, len(words)


def _plain(raw: str) -> str:
    words = without_frame(_FILLERS.sub("", raw + " ").strip(" ,"))
    words = _PLACED.sub("", _EVERYWHERE.sub("", words))
    whole = _WHOLE.match(words)
    if whole:
        words = "#code " + words[whole.end() :]
    return " ".join(words.split())


def _with_subject(words: str, subject: str, joint: str, is_begun: bool = False) -> tuple[str, bool]:
    if not subject or _EXPLETIVE.match(words):
        return words, False
    pronoun = _PRONOUN.match(words)
    if pronoun and not words.startswith(("both @", "all @", "each @", "neither @")):
        return subject + words[pronoun.end() :], True
    words = re.sub(
        r"^((?:then )?(?:nothing|nobody|no one|only @\d+)\b.*?) (?:it|them)\b",
        rf"\1 {subject}",
        words,
    )
    if (joint or is_begun) and (joint.endswith(("which", "that")) or _NO_SUBJECT.match(words)):
        return f"{subject} {words}", True
    return words, False
