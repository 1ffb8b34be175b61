"""What prose calls the constructs of the language, and how each is found in a tree.

``is_whole`` says whether its finder would find every one, so that finding none shows that there is
none.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from racewright.audit import finders
from racewright.audit.code import Code
from racewright.audit.finders import Finder

__all__ = ["CONSTRUCTS", "Construct", "nodes_in"]


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct: how it is spoken of, and where it is."""

    name: str
    pattern: re.Pattern[str]
    find: Finder
    is_whole: bool = True
    like: Finder | None = None  #: what is nearly one, and so leaves it open whether there is one

    def is_absent(self, code: Code, within: ast.AST) -> bool:
        """Whether it is certain that there is none."""
        if not self.is_whole or nodes_in(self, code, within):
            return False
        return self.like is None or not any(True for _ in self.like(code, within))


def nodes_in(construct: Construct, code: Code, within: ast.AST) -> list[ast.AST]:
    """The nodes of a construct below ``within``; looked for once."""
    key = (construct.name, within)
    if key not in code.constructs:
        code.constructs[key] = list(dict.fromkeys(construct.find(code, within)))
    return code.constructs[key]


def _all(name: str, pattern: str, find: Finder, is_whole: bool = True) -> Construct:
    return Construct(name, re.compile(rf"(?:{pattern})"), find, is_whole)


#: The longer phrases stand before those that they contain.
CONSTRUCTS: tuple[Construct, ...] = (
    _all(
        "raw SQL",
        (
            r"(?:raw |inline |plain )?sql (?:quer(?:y|ies)|statements?|strings?|injections?)"
            r"|raw sql|sql"
        ),
        finders.sql,
    ),
    _all("regular expressions", r"regular expressions?|regexe?s?|regexps?", finders.regexes),
    _all(
        "threads",
        r"(?:multiple |several |real |background |worker )?(?:threads?|multi-?threading|threading)"
        r"(?! safety| pools?)",
        finders.threads,
        False,
    ),
    _all(
        "hard-coded secrets",
        r"hard-?coded (?:credentials?|passwords?|secrets?|tokens?|api keys?)",
        finders.secrets,
    ),
    _all(
        "logging",
        (
            r"(?:debug )?logging|loggers?|logs|log messages?|log statements?|log output"
            r"|log calls?|the log|debug output"
        ),
        finders.logging,
    ),
    _all("print calls", r"print (?:calls?|statements?)|prints", finders.prints),
    _all(
        "a bare except",
        r"bare excepts?(?: clauses?| blocks?| @\d+)?|bare @\d+",
        finders.bare_excepts,
    ),
    _all(
        "a broad except",
        r"broad (?:except|exception handling|exception handlers?)(?: clauses?)?",
        finders.broad_excepts,
    ),
    _all("nested loops", r"(?:deeply )?nested loops?", finders.nested_loops),
    _all("nested functions", r"(?:nested|inner|local) functions?", finders.nested_functions),
    _all("recursion", r"recursions?|recursive calls?|recursive functions?", finders.recursions),
    _all(
        "mutable default arguments",
        r"mutable default(?: arguments?| values?| parameters?)?s?",
        finders.mutable_defaults,
    ),
    _all("global statements", r"global (?:statements?|keyword)", finders.globals),
    _all("star imports", r"(?:wildcard|star) imports?", finders.stars),
    _all("list comprehensions", r"list comprehensions?", finders.of(ast.ListComp)),
    _all("lambdas", r"lambdas?(?: functions?| expressions?)?", finders.of(ast.Lambda)),
    _all("f-strings", r"f-strings?", finders.of(ast.JoinedStr)),
    _all("assertions", r"assertions?|assert statements?|asserts", finders.assertions, False),
    _all(
        "exception handlers", r"exception handlers?|except (?:blocks?|clauses?)", finders.handlers
    ),
    _all(
        "exception handling",
        r"exception handling|error handling|exception handlers?|try/except(?: blocks?)?"
        r"|try blocks?|try-except(?: blocks?)?",
        finders.of(ast.Try, ast.ExceptHandler),
    ),
    _all(
        "percent formatting",
        r"(?:old-style |%-?style |percent |printf-style )string formatting|percent formatting",
        finders.percents,
    ),
    _all("loops", r"(?:for |while )?loops?", finders.of(ast.For, ast.AsyncFor, ast.While)),
    _all(
        "coroutines",
        r"coroutines?|async functions?|async/await|async support",
        finders.of(ast.AsyncFunctionDef),
    ),
    _all("timeouts", r"timeouts?", finders.timeouts),
    _all(
        "network access",
        (
            r"network (?:access|calls?|connections?|requests?)|the network|internet access"
            r"|http requests?"
        ),
        finders.modules(*finders.NETWORK),
        False,
    ),
    _all("eval or exec", r"eval|exec", finders.evals),
    _all("semaphores", r"semaphores?", finders.semaphores, False),
    _all(
        "synchronisation",
        r"synchroni[sz]ation(?: primitives?| mechanisms?)?",
        finders.synchronisation,
    ),
    Construct(
        "locks",
        re.compile(r"locks?|locking|mutex(?:es)?"),
        finders.locks,
        like=finders.semaphores,
    ),
    _all("mocks", r"mocks?|mocking|mock objects?|mock patch(?:es)?|patch(?:es)?", finders.mocks),
    _all("sleeps", r"sleeps?|sleep calls?", finders.sleeps),
    _all("parametrised tests", r"parametri[sz]ed tests?|parametri[sz]ation", finders.parametrized),
    _all("fixtures", r"fixtures?", finders.fixtures, False),
    _all("test functions", r"tests?|test functions?|test cases?|test methods?", finders.tests),
)
