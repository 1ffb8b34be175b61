"""Words that mean the same in a review of code, brought to one before a pattern is tried."""

from __future__ import annotations

import re

__all__ = ["one_word_each"]

#: What checkers say, and what people say as well.
_SAME = {
    "not used": "not appear|not occur|not show up",
    "uses": "makes use of|utili[sz]es|employs|leverages|resorts to|takes advantage of|works with"
    "|goes through",
    "use": "make use of|utili[sz]e|employ|leverage|resort to|take advantage of",
    "used": "made use of|utili[sz]ed|employed|leveraged|exercised|consulted",
    "using": "making use of|utili[sz]ing|employing|leveraging|by means of|with the help of"
    "|by instantiating|by creating|by invoking|by way of",
    "calls": "invokes",
    "call": "invoke",
    "called": "invoked",
    "calling": "invoking",
    "starts": "launches|spins up|kicks off|fires up|spawns|boots",
    "started": "launched|spun up|kicked off|fired up|spawned|booted|brought up",
    "before": "prior to|ahead of|earlier than",
    "after": "subsequent to|following|later than",
    "has no": "comes without(?: an?| any)?|goes without(?: an?| any)?|is devoid of",
    "has": "carries|comes with|sports|possesses|features|bears|is equipped with",
    "have": "carry|come with|possess|feature|bear",
    "inherits from": "descends from|is a child of|is a descendant of|is based on|builds upon",
    "raises": "throws|yields an? (?=@\\d+ exception)|ends in an?",
    "raise": "throw",
    "raised": "thrown",
    "returns": "hands back|gives back|evaluates to",
    "is used": "appears|occurs|shows up|crops up|turns up|is referenced|is seen|can be found"
    "|is to be found|is referred to",
    "are used": "appear|occur|show up|crop up|turn up|are referenced|can be found|are referred to",
    "is not": "does not happen to be|is by no means|is not really",
    "is defined": "lives|resides|is located|is found|sits",
    "defines": "does define|introduces|sets out",
    "replaced": "swapped out|substituted|stubbed out",
    "only": "solely|merely|exclusively|nothing but|just",
    "twice": "two times|a second time",
    "once": "one time|a single time|exactly one time",
    "more than": "upwards of|in excess of|north of|well over|over (?=\\d)",
    "less than": "fewer than|no more than|below (?=\\d)",
    "parameters": "args|params",
    "parameter": "arg|param",
    "without": "with no|lacking|in the absence of|minus",
    "no": "zero|not a single|nary a",
    "at all": "whatsoever|in any way|in any form|in the slightest",
    "at import time": "on import|upon import|when imported|at load time",
    "longer than": "spanning more than|exceeding",
}
#: Words that say how much the writer minds.
_EMPTY = (
    r"whopping|a total of|mere|full|grand total of|only|exactly|precisely|extensive|detailed"
    r"|lengthy|comprehensive|proper|explicit|dedicated"
)
_WORD_OF = [(re.compile(rf"\b(?:{words})(?= |$)"), word) for word, words in _SAME.items()]
_NUMERAL = re.compile(
    rf"\b(?:a )?(?:{_EMPTY}) (?=\d|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_ADORNED = re.compile(
    r"\b(?:an? )?(?:extensive|detailed|lengthy|comprehensive|proper|short|brief|nice|long|useful"
    r"|helpful|decent) (?=docstrings?\b)"
)
_SPANS = re.compile(
    r"\b(?:spans|stretches over|covers|amounts to|runs to|takes up|is made up of) (?=more|less|over"
    r"|about|\d|[a-z]+ lines)"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
_TENS |= {"eighty": 80, "ninety": 90, "thirteen": 13, "fourteen": 14, "fifteen": 15}
_TENS |= {"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
_TEN = re.compile(rf"\b({'|'.join(_TENS)})(?:-(one|two|three|four|five|six|seven|eight|nine))?\b")
_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def one_word_each(words: str) -> str:
    """The same statement, in the words that patterns are written with."""
    words = _TEN.sub(lambda m: str(_TENS[m[1]] + _ONES.index(m[2] or "")), words)
    words = re.sub(r"\b(?:a|one) hundred\b", "100", words)
    for pattern, word in _WORD_OF:
        words = pattern.sub(word, words)
    words = re.sub(r"\bgets (?=\w+ed\b)", "is ", words)
    words = re.sub(r"\bdo(?:es)? not (?=used\b)", "is not ", words)
    words = _SPANS.sub("has ", _ADORNED.sub("a ", _NUMERAL.sub("", words)))
    return re.sub(r"\b(?:an? )?a (?=docstring)", "a ", words)
