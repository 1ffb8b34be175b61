"""An audit as a command and as each of its reports: whole, escaped, masked."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from racewright.cli_audit import audit as command
from racewright.model.claim import Audit
from racewright.report.audit_html import to_html
from racewright.report.audit_json import to_json
from racewright.report.audit_markdown import to_markdown
from racewright.report.audit_sarif import to_sarif
from racewright.report.audit_text import to_text
from tests.audit.support import audited, project

ROOT = Path(__file__).parent.parent.parent
REVIEW = (
    "No security defects are detected in the code.\n\n"
    "1. The `LIMIT` constant is never used.\n"
    "2. The `helper` function takes two parameters.\n"
    "3. It would be nice to have a cache.\n"
    "4. The `helper` function takes two\n"
)
EVIL = "The `</a><script>alert(1)</script>` function & `LIMIT` is defined. [x](javascript:1) @all"


@pytest.fixture
def made(tmp_path: Path) -> Audit:
    return audited(project(tmp_path), REVIEW, "`LIMIT` is used. The `helper` function is bad.")


def test_the_json_has_the_documented_fields_and_no_other(made: Audit) -> None:
    page = (ROOT / "docs/reference/audit-json.md").read_text()

    def documented(section: str) -> set[str]:
        text = page.partition(f"## {section}\n")[2].partition("\n## ")[0]
        cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
        return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}

    report = json.loads(to_json(made))
    assert set(report) == documented("Audit")
    sections = {
        "Claim": report["claims"],
        "Remark": report["remarks"],
        "Review": report["reviews"],
        "Held": report["holds"],
        "Evidence": [e for claim in report["claims"] for e in claim["evidence"]],
    }
    for section, objects in sections.items():
        assert objects
        assert {frozenset(each) for each in objects} == {frozenset(documented(section))}


def test_the_sarif_is_valid_and_has_a_result_for_each_decided_claim(made: Audit) -> None:
    log = json.loads(to_sarif(made))
    schema = json.loads((ROOT / "tests/review/sarif-schema-2.1.0.json").read_text())
    jsonschema.validate(log, schema)
    results = log["runs"][0]["results"]
    assert len(results) == sum(claim.is_decided for claim in made.claims)
    assert {result["level"] for result in results} == {"warning", "note"}


def test_the_sarif_address_of_a_file_with_a_colon_is_no_scheme(tmp_path: Path) -> None:
    code = project(tmp_path, name="::error::x.py")
    log = json.loads(to_sarif(audited(code, REVIEW)))
    places = [place for each in log["runs"][0]["results"] for place in each["locations"]]
    addresses = {
        each["physicalLocation"]["artifactLocation"]["uri"].rpartition("/")[2] for each in places
    }
    assert addresses == {"%3A%3Aerror%3A%3Ax.py"}


def test_the_table_names_item_words_verdict_and_evidence(made: Audit) -> None:
    lines = to_text(made).split("\n")
    place = next(n for n, line in enumerate(lines) if "takes two parameters" in line)
    assert lines[place].split()[:3] == ["2", "+", "supported"]
    assert "bank/service.py:" in lines[place + 1]


@pytest.mark.parametrize("width", [50, 80, 120])
def test_no_line_of_the_table_is_longer_than_the_terminal(made: Audit, width: int) -> None:
    assert max(map(len, to_text(made, width).split("\n"))) <= width


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


def test_the_page_links_claims_to_lines_and_lines_to_claims(made: Audit) -> None:
    tags = tags_of(to_html(made)).found
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert {link for link in links if link and link[1:] not in ids} == set()
    assert any(link and link.startswith("#L") for link in links)
    assert any(link and link.startswith("#c") for link in links)


def test_a_hostile_review_makes_no_element_of_the_page(tmp_path: Path) -> None:
    page = to_html(audited(project(tmp_path, "LIMIT = '</pre><script>1</script>'\n"), EVIL))
    tags = tags_of(page).found
    assert "script" not in {tag for tag, _ in tags}
    assert not [a for _, attributes in tags for a in attributes if a.startswith("on")]
    policy = next(a["content"] for t, a in tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_a_hostile_review_makes_no_markup_of_the_answer(tmp_path: Path) -> None:
    text = to_markdown(audited(project(tmp_path), EVIL))
    assert "<script>" not in text
    assert re.search(r"(?<!\\)\]\(javascript", text) is None
    assert re.search(r"(?<!\\)@all", text) is None


@pytest.mark.parametrize("form", [to_text, to_markdown, to_json, to_sarif, to_html])
def test_secrets_are_masked_in_every_report(tmp_path: Path, form: object) -> None:
    source = "password = 'hunter2hunter2'\n"
    words = "`password` is set to `'hunter2hunter2'`. The token='hunter2hunter2' is bad."
    report = form(audited(project(tmp_path, source), words))  # type: ignore[operator]
    assert "token='hunter2" not in report
    assert "password = 'hunter2" not in report


def test_the_page_shows_every_character_of_the_review(made: Audit) -> None:
    page = to_html(made)
    shown = re.findall(r'<div class="review" dir="auto">(.*?)</div>', page, re.DOTALL)
    plain = re.sub(r"<[^>]+>", "", shown[0])
    assert plain.replace("&#39;", "'").replace("&amp;", "&") == REVIEW


@pytest.mark.parametrize(
    ("review", "status"),
    [
        ("`LIMIT` is never used.", 1),
        ("`LIMIT` is used.", 0),
        ("It could be nicer.", 3),
    ],
)
def test_the_status_says_whether_something_is_refuted(
    tmp_path: Path, review: str, status: int
) -> None:
    path = project(tmp_path)
    (tmp_path / "review.md").write_text(review)
    arguments = [path, "--review", str(tmp_path / "review.md"), "--no-missed"]
    assert CliRunner().invoke(command, arguments).exit_code == status
    assert CliRunner().invoke(command, [path, "--no-missed"], input=review).exit_code == status


def test_what_no_review_says_is_told(tmp_path: Path) -> None:
    source = (
        "import threading\nimport time\nfrom unittest import mock\n\n\ndef test_it():\n"
        "    def slow():\n        time.sleep(1)\n\n"
        "    with mock.patch('bank.load', new=slow):\n"
        "        threading.Thread(target=print).start()\n"
    )
    path = project(tmp_path, source, "tests/test_it.py")
    (tmp_path / "review.md").write_text("Nice.")
    arguments = [path, "--review", str(tmp_path / "review.md"), "--format", "json"]
    result = CliRunner().invoke(command, arguments)
    missed = json.loads(result.output)["missed"]
    assert missed
    assert all(each["file"].endswith("test_it.py") and each["lines"] for each in missed)
    result = CliRunner().invoke(command, [*arguments, "--no-missed"])
    assert json.loads(result.output)["missed"] == []
