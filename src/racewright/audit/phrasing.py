"""Ways of saying the same, brought to the one that checkers are written for.

People write ``LOCK unused``, ``you never use LOCK``, ``nobody uses LOCK`` and ``in the end LOCK is
not used, I think``. A rewriting keeps what is claimed. It leaves out words that claim nothing,
and what it does not know it leaves as it is. Where the words stand in the review is kept elsewhere.
"""

from __future__ import annotations

import re

from racewright.audit.synonyms import one_word_each

__all__ = ["canonical", "without_frame"]

_AT = r"@\d+"
#: What may stand before a statement without changing it.
_OPENING = re.compile(
    r"^(?:l \d+ |l\d+(?: ?-+ ?l?\d+)? |lines? \d+(?: ?(?:-+|to|and|,) ?\d+)* (?::|,|--) "
    r"|(?:and|but|yet|so|or|then|hence|ok|okay|well|hmm|hm|right|then|first|second|secondly|third|next"
    r"|again|sadly|unfortunately|luckily|admittedly|besides|meanwhile|here|likewise|similarly"
    r"|nit|nitpick|minor|major|info|by the way|btw|in addition|on the other hand|at present"
    r"|at the moment|for now|as it stands|as far as i (?:can (?:see|tell)|know|understand)|afaict"
    r"|afaik|after that|for example|in particular|in fact|to be fair|strictly speaking|as a result"
    r"|on top of that|in the end|at first glance|in summary|to sum up|in short|(?:i|we) (?:like"
    r"|love|appreciate|see|notice|noticed|found|find)(?: it)? that|you can see that|it looks like"
    r"|it seems|it appears|i would say|i am (?:fairly |pretty |quite )?sure(?: that)?"
    r"|(?:it is )?worth noting(?: that| is that)?|keep in mind that|be aware that"
    r"|remember that|the problem is that|the issue is that|the fact is that)(?: ,| :| --)? )"
    r"(?=\S)"
)
#: What may stand behind it: a judgement of the whole, or how sure the writer is.
_NUMBER_OF = re.compile(
    r"^the number of lines (?:in|of) (?P<s>.{2,60}?) (?:exceeds|is more than|is over"
    r"|is greater than|is) (?P<n>\d+|[a-z]+)$"
)
_CLOSING = re.compile(
    r"(?: ,| --)? (?:fine|good|great|nice|ok|okay|right|anyway|though|i (?:guess|think|suppose"
    r"|believe|assume|fear|am afraid)|globally|explicitly|if i am not mistaken"
    r"|as far as i (?:can (?:see|tell)|know)"
    r"|afaict|as expected|by the way|btw|as well|too|in total|in all|altogether|whatsoever"
    r"|in any way|whatever|no change required|not that it matters)$"
)
_AMID = re.compile(
    r" (?:, )?(?:on the other hand|by the way|in fact|for instance|as far as i can (?:see|tell)"
    r"|at present|at the moment|in turn|as such|however)(?: ,)?(?= )"
)
#: A noun that names what stands behind it: ``the loop variable X``, ``an in-memory dict X``.
_NOUN = (
    r"(?:variables?|versions?|dictionary|dict|slice|flags?|options?|strings?|constants?|greenthreads?"
    r"|threads?|events?|queues?|helpers?|wrappers?|attributes?|fields?|statements?|expressions?"
    r"|methods?|functions?|parameters?|arguments?|fixtures?|class|module|decorators?"
    r"|instances?|counters?|properties|property|alias|[a-z]+ names|host name)"
)
#: These are verbs as well: they have to stand right behind the article.
_NOT_BEFORE = r"(?:call|import|use|read|raise|return|contain|define|hold|catch)"
_ALSO_VERB = r"(?:call|list|name|key|value|lock|object|message|buffer|set|cache|timer|loop)"
_APPOSITION = re.compile(
    rf"(?:^|(?<= ))(?:the|a|an|its|this|that|these|those|both) (?:(?:(?!(?:of|to|in|for|with|from"
    rf"|by|than|on|at|and|or|is|are|has|have|does|do|not|no|never|as|called|[a-z]+s"
    rf"|{_NOT_BEFORE}) )"
    rf"[a-z][\w-]* ){{0,3}}{_NOUN}|{_ALSO_VERB}) (?={_AT}(?: |$))"
)
#: A noun behind a name that says what it is.
_BEHIND = re.compile(
    rf"^(?P<s>{_AT}) (?:driver|operator|literal|string|setting|handler|thread|queue|lock|mutex"
    r"|event|event loop|sentinel|service|decorator) (?=(?:is|are|has|was|does|can)\b)"
)
_DONE = {
    "import": "imported",
    "call": "called",
    "invoke": "called",
    "use": "used",
    "read": "read",
    "reference": "used",
    "access": "used",
    "touch": "used",
    "need": "used",
    "check": "used",
    "store": "assigned",
    "assign": "assigned",
    "define": "defined",
    "declare": "defined",
    "raise": "raised",
    "catch": "caught",
    "join": "joined",
    "close": "closed",
    "stop": "stopped",
    "start": "started",
    "await": "awaited",
    "patch": "patched",
    "mock": "patched",
    "override": "overridden",
}
_VERB = "|".join(_DONE)
_YOU = re.compile(
    rf"^(?:you|we|the author|they|one) (?P<not>never |do not |does not |did not |not )?"
    rf"(?:ever )?(?P<verb>{_VERB})(?:s|es|d|ed)? (?P<s>{_AT})(?P<rest> .*|)$"
)
_NOBODY = re.compile(
    rf"^(?:nothing|nobody|no one|no code|no caller|none of the code)(?: else)?"
    rf"(?: in (?:the |this )?(?:file|module|code|class|test|#file|{_AT}))?(?: ever)? "
    rf"(?P<verb>{_VERB})(?:s|es)? (?P<s>{_AT}|it)(?P<rest>(?: afterwards| any ?more| later| again"
    rf"| at all| anywhere)*)$"
)
_PARTICIPLE = (
    r"(?:called|used|assigned|imported|defined|declared|raised|caught|passed|set|started|stored"
    r"|created|decorated|annotated|overridden|invoked|logged|initiali[sz]ed|copied|closed|joined"
    r"|awaited|stopped|released|acquired|discarded|ignored|swallowed|hard-?coded|duplicated"
    r"|documented|unused|shadowed|mutated|reassigned|saved|missing|longer than|shorter than"
    r"|unprotected|unguarded|opened|run|executed|written|sorted|hashed)"
)
_NO_COPULA = re.compile(rf"^(?P<s>{_AT}|#code) (?=(?:never |not |only )?{_PARTICIPLE}(?: |$))")
_IN_FIRST = re.compile(
    rf"^(?:in|inside|within) (?P<w>{_AT}) (?:, )?"
    rf"(?P<rest>(?:{_AT}|#code|there|you|we|no) .+)$"
)
_NOUN_SAID = re.compile(
    rf"^(?:there (?:is|are) )?(?:no|not a single|not any|zero) (?:use|uses|usage|usages|reference"
    rf"|references|mention|read|reads|caller|callers|users?)(?: of| to| for)? (?P<s>{_AT})"
    r"(?P<rest>(?: anywhere| at all| left| here| in sight| to be found| exists?| was found)*)$"
)
_CALLS_OF = re.compile(
    rf"^(?:there (?:is|are) )?(?:no|not a single|zero) calls?(?: of| to| for) (?P<s>{_AT})"
    r"(?: anywhere| at all| left| here)*$"
)
_DEAD = re.compile(
    rf"^(?P<s>{_AT}) (?:(?:is|are|looks? like|appears? to be|seems? to be|seems?|looks?) )"
    r"(?P<not>not )?(?:an? )?(?:dead(?: code| variables?| imports?)?|leftovers?(?: .{0,40})?"
    r"|unused(?: imports?| variables?| names?| constants?| parameters?| arguments?| functions?"
    r"| methods?| attributes?| class(?:es)?)?|never used|superfluous imports?"
    r"|no longer (?:used|needed|required|referenced))$"
)
#: ``I could not find a place where X is called``.
_NO_PLACE = re.compile(
    rf"^(?:(?:i|we|you) )?(?:could|can|did|do|was|were|am|are)(?: not|n't| unable to) (?:able to )?"
    rf"(?:find|see|spot|locate) (?:any|an?|one|the|a single) (?:place|spot|line|code|location|point"
    rf"|call site|caller|part|situation) (?:where|that|in which|at which) (?P<s>{_AT}) "
    r"(?:is|are|gets?) (?:ever |actually |being )?(?P<done>[a-z]+ed|read|run|set|built)$"
)
_THEN = re.compile(rf"^(?P<s>{_AT}) (?P<be>is|are) (?:then|now|ever|nowhere|at no point) ")
_ASSIGNED_NEVER = re.compile(
    rf"^(?P<s>{_AT}) (?:is |are )?(?:only )?(?:assigned|set|stored|defined|declared|imported"
    r"|created|written)(?: to)?(?: here| once| (?:on|at|in) line \d+)?"
    r" ?(?:,|but|and|yet|, but|, and)? ?(?:then )?"
    r"(?:is |are )?(?:never|not|nowhere|without ever being|without being)(?: actually| ever)? "
    r"(?:read|used|referenced|accessed|needed|read back|read again)"
    r"(?: again| afterwards| anywhere| later| at all)*$"
)


def without_frame(words: str) -> str:
    """The statement without what is put around it."""
    for _ in range(3):
        shorter = _CLOSING.sub("", _OPENING.sub("", words))
        if shorter == words or not shorter:
            break
        words = shorter
    words = _AMID.sub("", words).strip(" ,")
    return _NUMBER_OF.sub(_has_lines, words)


def _has_lines(match: re.Match[str]) -> str:
    more = "" if match[0].endswith(f" is {match['n']}") else "more than "
    return f"{match['s']} has {more}{match['n']} lines"


def canonical(words: str) -> str:
    """The same, as checkers read it."""
    words = one_word_each(_APPOSITION.sub("", words))
    words = _BEHIND.sub(r"\g<s> ", words)
    inside = _IN_FIRST.match(words)
    if inside:
        words = f"{inside['rest']} in {inside['w']}"
    for pattern, rewrite in _REWRITINGS:
        match = pattern.match(words)
        if match:
            words = rewrite(match)
    return _NO_COPULA.sub(lambda m: f"{m['s']} is ", words)


def _passive(match: re.Match[str]) -> str:
    is_denied = match.re is _NOBODY or bool(match["not"])
    rest = re.sub(r" (?:afterwards|any ?more|later|again)\b", "", match["rest"])
    return f"{match['s']} is {'not ' if is_denied else ''}{_DONE[match['verb']]}{rest}"


def _unused(match: re.Match[str]) -> str:
    is_denied = bool(match.groupdict().get("not"))
    return f"{match['s']} is {'' if is_denied else 'not '}used"


_VIOLATES = re.compile(
    r"^(?P<s>.{2,40}?) (?:violates?|breaks?|ignores?|goes against|deviates? from) (?:the )?"
    r"(?P<style>(?:camel|snake|pascal|upper)[ -]?case.*)$"
)
_ONLY = re.compile(
    rf"^(?:only (?P<w>{_AT}) (?:uses|calls|reads|needs|accesses|touches|references) (?P<s>{_AT})"
    rf"|(?P<t>{_AT}) only (?P<v>{_AT}) (?:uses|calls|reads|needs|accesses) (?:it|(?P=t)))$"
)
_REWRITINGS = (
    (_YOU, _passive),
    (_NOBODY, _passive),
    (_NOUN_SAID, _unused),
    (_CALLS_OF, lambda m: f"{m['s']} is not called"),
    (_THEN, lambda m: f"{m['s']} {m['be']} "),
    (_DEAD, _unused),
    (_ONLY, lambda m: f"{m['s'] or m['t']} is only used in {m['w'] or m['v']}"),
    (_VIOLATES, lambda m: f"{m['s']} does not follow {m['style']}"),
    (_ASSIGNED_NEVER, _unused),
    (_NO_PLACE, lambda m: f"{m['s']} is not {m['done']}"),
)
