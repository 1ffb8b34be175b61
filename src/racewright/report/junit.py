"""The report as JUnit XML, which every continuous integration service can show.

One ``testcase`` for each target. A race is a ``failure``, as is a test that fails without one; an
inconclusive exploration is ``skipped``, for it neither passed nor failed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from racewright.model.execution import Exploration
from racewright.report.text import to_text
from racewright.report.wording import ordered, title, verdict

__all__ = ["to_junit"]

#: What XML 1.0 cannot hold, not even as a character reference.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: The element for each outcome; any other is an error.
_ELEMENTS = {
    "failed": "failure",
    "fails-without-race": "failure",
    "inconclusive": "skipped",
    "passed": "",
}


def to_junit(explorations: Exploration | Sequence[Exploration]) -> str:
    """The report on one exploration or several as one test suite."""
    every = ordered(explorations)
    elements = [_ELEMENTS.get(exploration.outcome, "error") for exploration in every]
    suite = ElementTree.Element(
        "testsuite",
        name="racewright",
        tests=str(len(every)),
        failures=str(elements.count("failure")),
        errors=str(elements.count("error")),
        skipped=str(elements.count("skipped")),
        time=_seconds(sum(exploration.seconds for exploration in every)),
    )
    for exploration, element in zip(every, elements, strict=True):
        _testcase(suite, exploration, element)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}'


def _testcase(suite: ElementTree.Element, exploration: Exploration, element: str) -> None:
    classname, name = _names(exploration.target)
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_valid(classname),
        name=_valid(name),
        time=_seconds(exploration.seconds),
    )
    report = _valid(to_text(exploration))
    if not element:
        ElementTree.SubElement(case, "system-out").text = report
        return
    child = ElementTree.SubElement(case, element, message=_valid(_message(exploration)))
    child.text = report
    if element == "failure":
        kinds = [found.failure.kind for found in exploration.failures]
        child.set("type", _valid(kinds[0] if kinds else exploration.outcome))
    elif element == "error":
        child.set("type", _valid(exploration.outcome))


def _message(exploration: Exploration) -> str:
    if exploration.outcome == "failed" and exploration.failures:
        failure = exploration.failures[0].failure
        return f"{title(failure)}: {failure.message}"[:1000]
    return verdict(exploration)[1]


def _names(target: str) -> tuple[str, str]:
    """``tests/test_bank.py::TestBank::test_it`` as ``tests.test_bank.TestBank`` and ``test_it``."""
    # The brackets of a parametrised test may hold anything, "::" and "/" too.
    plain, bracket, parameters = target.partition("[")
    path, colons, name = plain.rpartition("::")
    if not colons:
        return "racewright", target
    file, _, rest = path.partition("::")
    classname = file.removesuffix(".py").strip("./").replace("/", ".")
    if rest:
        classname += "." + rest.replace("::", ".")
    return classname, name + bracket + parameters


def _valid(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _seconds(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "0.000"
