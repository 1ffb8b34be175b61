"""What a review says, in each of its formats: complete, masked, and without markup from outside."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from racewright.model.finding import Finding, Note, Place, Review
from racewright.report import review_json, review_markdown, review_sarif, review_services
from racewright.report.review_text import to_text
from racewright.report.review_words import grouped, mask

GOLD = Path(__file__).parent / "gold"


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": "check-then-act",
        "kind": "defect",
        "title": "_kept can change between a look at it and the act",
        "heading": "What was looked at can change before it is acted upon",
        "places": (
            Place("src/cache.py", 9, 10, 9, "Cache.get", "if key not in kept:\n    kept[key] = 1"),
            Place("src/pool.py", 4),
        ),
        "defect": "Several tasks can be here at the same time.",
        "solution": "Hold one lock around the look and the act.",
        "facts": ("src/pool.py:4 starts Cache.get as a thread.", "Locks held: none."),
        "corrected": "with self._lock:\n    …",
        "cwe": 362,
        "proof": "explore",
        "fix": "suggested",
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]


def improvement(line: int, **changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": "sleep-as-synchronisation",
        "kind": "improvement",
        "title": "A sleep stands for an order of events",
        "heading": "A sleep stands for an order of events",
        "places": (Place("tests/test_cache.py", line, line, 5, "test_it", "time.sleep(1)"),),
        "defect": "The test sleeps for 1 s.",
        "solution": "Wait for what the sleep stands for.",
        "corrected": "",
        "cwe": 821,
        "proof": "delay",
    }
    return finding(**{**values, **changes})


RUFF = improvement(
    3,
    rule="F401",
    title="`os` imported but unused",
    heading="an import that is not used",
    defect="`os` imported but unused",
    solution="Remove unused import: `os`.",
    source="ruff",
    cwe=None,
    facts=(),
)
REVIEW = Review(
    findings=(
        finding(),
        finding(evidence="demonstrated", schedule=".racewright/a.schedule"),
        *(improvement(line) for line in (7, 12, 40)),
        RUFF,
    ),
    notes=(Note("src/bad.py", 3, "not reviewed: invalid syntax"),),
    files=2,
    lines=60,
    rules=("check-then-act", "sleep-as-synchronisation"),
    sources=("racewright", "ruff 0.9.0"),
    version="1.2.3",
)
HOSTILE = Review(
    findings=(
        finding(
            title="<script>alert(1)</script>\n::error::owned",
            places=(
                Place(
                    "a<b>&.py", 1, 1, 1, "f", "```\n<img src=x>\n\x1b[31mred\x00 # [x](http://y)"
                ),
            ),
            defect="**bold** [link](http://evil) | <b>",
            solution="]]> --> \u202e",
            facts=("%0A::warning::no",),
        ),
    ),
    notes=(Note("x\ny.py", 1, "\x1b]0;title\x07"),),
    files=1,
)
FORMS = {
    "text": to_text,
    "markdown": review_markdown.to_markdown,
    "json": review_json.to_json,
    "sarif": review_sarif.to_sarif,
    "github": review_services.to_github,
    "gitlab": review_services.to_gitlab,
    "rdjson": review_services.to_rdjson,
    "junit": review_services.to_junit,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_what_it_was(form: str) -> None:
    assert FORMS[form](REVIEW).rstrip("\n") == (GOLD / f"{form}.txt").read_text().rstrip("\n")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "No security defects are detected in the code."),
        (1, "1 security defects are detected in the code."),
        (7, "7 security defects are detected in the code."),
    ],
)
def test_the_verdict_is_the_agreed_sentence(number: int, sentence: str) -> None:
    review = Review(tuple(finding() for _ in range(number)))
    assert review.verdict == sentence
    assert to_text(review).splitlines()[0] == sentence
    assert review_markdown.to_markdown(review).splitlines()[0] == sentence
    assert json.loads(review_json.to_json(review))["verdict"] == sentence


def test_improvements_are_told_by_rule_the_fewest_first_and_ours_before_others() -> None:
    few = improvement(1, rule="unjoined-task", heading="x")
    groups = grouped((improvement(7), RUFF, improvement(12), few))
    assert [(group.first.rule, len(group.findings)) for group in groups] == [
        ("unjoined-task", 1),
        ("sleep-as-synchronisation", 2),
        ("F401", 1),
    ]


@pytest.mark.parametrize(
    "text",
    [
        'password = "hunter2hunter2"',
        "token: 'hunter2hunter2'",
        'config["api_key"] = "hunter2hunter2"',
        '{"client_secret": "hunter2hunter2"}',
        "postgres://me:hunter2hunter2@host/db",
        'PASSWORD = b"hunter2hunter2"',
        'auth_token="a \\" hunter2hunter2"',
        'password = """hunter2hunter2"""',
        'password: str | None = "hunter2hunter2"',
        'if password == "hunter2hunter2":',
        'environ.setdefault("SERVICE_TOKEN", "hunter2hunter2")',
        'connect("host=db password=hunter2hunter2")',
        'get("https://host/?token=hunter2hunter2&page=1")',
        'headers = {"x": "Bearer hunter2hunter2hunter2"}',
        'password = "hunter2hunter2 and the line is cut',
        'password = "hunter2hunter2\\',
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    assert "hunter2" not in mask(text)
    assert "***" in mask(text)
    shown = finding(places=(Place("a.py", 1, 1, 1, "", text),), facts=(text,), defect=text)
    for form in FORMS.values():
        assert "hunter2" not in form(Review((shown,)))


@pytest.mark.parametrize(
    "text",
    [
        "token = next(tokens)",
        "secret_of = len",
        "if password: pass",
        "connect(password=ask())",
        'f"password={password}"',
        '"password=%s" % word',
        "authors = 'me'",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("form", ["text", "markdown", "github"])
def test_no_control_character_and_no_line_of_the_reviewed_code_gets_through(form: str) -> None:
    shown = FORMS[form](HOSTILE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", shown)
    assert not any(line.startswith("::error::owned") for line in shown.splitlines())


def test_markdown_has_no_markup_of_the_reviewed_code() -> None:
    shown = review_markdown.to_markdown(HOSTILE)
    outside = re.sub(r"^(`{3,})python\n.*?^\1$", "", shown, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"(?<!\\)<", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert "<img" not in outside  # the block around it cannot be closed by its own backticks


def test_github_has_one_command_a_finding() -> None:
    shown = review_services.to_github(HOSTILE).splitlines()
    assert [line[: line.index(" ")] for line in shown if line.startswith("::")] == [
        "::error",
        "::warning",
    ]


def test_junit_is_xml_whatever_the_code_says() -> None:
    root = ElementTree.fromstring(review_services.to_junit(HOSTILE).encode())
    assert [[child.tag for child in case] for case in root.iter("testcase")] == [
        ["failure"],
        ["error"],
    ]


def test_gitlab_tells_equal_findings_apart() -> None:
    entries = json.loads(review_services.to_gitlab(Review((finding(), finding()))))
    assert len({entry["fingerprint"] for entry in entries}) == 2


def test_a_fingerprint_does_not_change_where_lines_move() -> None:
    moved = improvement(70)
    assert improvement(7).fingerprint == moved.fingerprint
    assert improvement(7, rule="other").fingerprint != moved.fingerprint


def test_a_finding_survives_json() -> None:
    for each in REVIEW.findings:
        values = json.loads(json.dumps(each.to_values()))
        assert Finding.from_values(values) == each
