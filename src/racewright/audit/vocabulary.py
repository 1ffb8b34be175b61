"""Words that stand for others: contractions written out, and two ways to write one word."""

from __future__ import annotations

__all__ = ["ADJECTIVES", "CONTRACTIONS", "LEADING", "SAME", "VERBS"]

CONTRACTIONS = {
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "weren't": "were not",
    "doesn't": "does not",
    "don't": "do not",
    "didn't": "did not",
    "hasn't": "has not",
    "haven't": "have not",
    "can't": "can not",
    "cannot": "can not",
    "couldn't": "could not",
    "shouldn't": "should not",
    "won't": "will not",
    "wouldn't": "would not",
    "mustn't": "must not",
    "needn't": "need not",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "what's": "what is",
    "it'd": "it would",
    "they're": "they are",
    "they've": "they have",
    "i'd": "i would",
    "i've": "i have",
    "i'm": "i am",
    "we've": "we have",
    "we're": "we are",
    "we'd": "we would",
    "it'll": "it will",
    "you'd": "you would",
    "here's": "here is",
    "let's": "let us",
}
#: Told by their sound: words are compared as these.
SAME = {
    "whilst": "while",
    "synchronised": "synchronized",
    "initialise": "initialize",
    "initialises": "initialize",
    "initializes": "initialize",
    "initialised": "initialized",
    "unneeded": "unnecessary",
    "isnt": "is not",
    "doc-string": "docstring",
    "doc-strings": "docstrings",
    "time-out": "timeout",
    "time-outs": "timeouts",
    "time-outs.": "timeouts",
}
#: What stands before a name and belongs to it.
LEADING = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "these",
        "those",
        "its",
        "their",
        "some",
        "any",
        "all",
        "both",
        "each",
        "every",
        "our",
    ]
)
#: What may stand between the two.
ADJECTIVES = frozenset(
    [
        "inner",
        "nested",
        "local",
        "global",
        "private",
        "public",
        "helper",
        "module-level",
        "top-level",
        "internal",
        "external",
        "third-party",
        "deprecated",
        "built-in",
        "standard",
        "following",
        "existing",
        "keyword-only",
        "new",
        "custom",
        "main",
        "more",
        "specific",
        "broad",
        "bare",
        "class-level",
    ]
)
#: What a clause may go on with after *and* or a comma, where it says something of its own.
VERBS = (
    r"(?:is|are|was|were|does|do|has|have|can|could|may|might|should|must|will|would|never|not|only"
    r"|calls?|uses?|raises?|re-raises|returns?|returned|passed|passes|stored|stores|wakes?"
    r"|defines?|lacks?|contains?"
    r"|takes?|catches|inherits?|imports?|asserts?|opens?|reads?|writes?|leaves?|starts?|creates?"
    r"|defaults?|used|called|defined|imported|unused|assigned|added|raised|hides?|provides?"
    r"|makes?|ends"
    r"|executed|documented|joined|closed|runs?|fails?|leads?|expects?|declared|adds?"
    r"|overrides?|carry|carries"
    r"|works?|exists?|gets|sets?|holds|blocks|waits?|checks?|logs?|prints?|sleeps?|shadows?|swallows?"
    r"|ignores?|accepts?|wraps?|delegates?|derives?|stays?|remains?|picks|gives?|compares?|rebinds?"
    r"|needs?|stops?|drops?|puts?|relies|rely|violates?|bypasses|decrements?|increments?|annotated"
    r"|caught|exposes?|exported|comes|mutates?|blows|propagates?|hands?|waiting|awaits?"
    r"|released|acquired|handled|sent|touches|ever)"
)
