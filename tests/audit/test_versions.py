"""A review that was written for another version of the file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from racewright.audit import Text, Version, audit, load_code, text_of, with_versions
from racewright.model.claim import Audit, Claim
from tests.audit.support import SERVICE, project

REVIEW = "1. `LIMIT` on line 12.\n2. `UNUSED` on line 13.\n"


def beside(given: Path, others: dict[str, Path], words: str) -> Audit:
    """The audit of one version beside others, by their names."""
    text: Text = text_of("review", words)
    subject = load_code(str(given))
    versions = [
        Version(name, partial(load_code, str(path)), age=age)
        for age, (name, path) in enumerate(others.items())
    ]
    return with_versions(audit(subject, [text]), subject, [text], versions)


def versions_of(folder: Path, **sources: str) -> dict[str, Path]:
    """A project for each text of the file."""
    found = {}
    for name, source in sources.items():
        (folder / name).mkdir()
        found[name] = Path(project(folder / name, source))
    return found


def remark(made: Audit) -> tuple[str, str]:
    (only,) = [each for each in made.remarks if each.kind.startswith("moved")]
    return only.kind, only.text


def claim(made: Audit, words: str) -> Claim:
    (only,) = [each for each in made.claims if words in each.quote]
    return only


def test_the_version_that_the_cited_lines_fit_is_named(tmp_path: Path) -> None:
    found = versions_of(tmp_path, old=SERVICE, new="# one more line\n" * 3 + SERVICE)
    kind, words = remark(beside(found["new"], {"old": found["old"]}, REVIEW))
    assert kind == "moved-lines"
    assert words.startswith("its cited lines fit old: 2 of 2; ")
    assert words.endswith("fits 0 of 2")


def test_the_audited_version_is_named_where_it_fits_best(tmp_path: Path) -> None:
    found = versions_of(tmp_path, old=SERVICE, new="# one more line\n" * 3 + SERVICE)
    kind, words = remark(beside(found["old"], {"new": found["new"]}, REVIEW))
    assert (kind, words) == ("moved-lines", "its cited lines fit this version best: 2 of 2")


def test_versions_that_do_not_differ_there_are_told_to_fit_alike(tmp_path: Path) -> None:
    found = versions_of(tmp_path, old=SERVICE, new=SERVICE + "\n\nMORE = 1\n")
    _, words = remark(beside(found["new"], {"old": found["old"]}, REVIEW))
    assert words == "its cited lines fit every version alike: 2 of 2"


def test_of_versions_that_fit_alike_the_newest_is_named_and_the_others_counted(
    tmp_path: Path,
) -> None:
    found = versions_of(tmp_path, given="# more\n" * 3 + SERVICE, b=SERVICE, a=SERVICE + "\n")
    others = {"newer": found["b"], "older": found["a"]}
    _, words = remark(beside(found["given"], others, REVIEW))
    assert words.startswith("its cited lines fit newer (and 1 other version alike): 2 of 2")


def test_a_version_that_has_the_names_that_are_mentioned_comes_first(tmp_path: Path) -> None:
    older = SERVICE.replace("def helper", "def assistant_of").replace('"helper"', '"x"')
    found = versions_of(tmp_path, given="# more\n" * 3 + SERVICE, b=SERVICE, a=older)
    words = REVIEW + "3. The `assistant_of` function takes two parameters.\n"
    made = beside(found["given"], {"newer": found["b"], "older": found["a"]}, words)
    assert remark(made)[1].startswith("its cited lines fit older: 2 of 2; ")
    assert remark(made)[1].endswith("assistant_of is there, and not here")
    (fit,) = [each for each in made.fits if each.version == "older"]
    assert (fit.fits, fit.cited, fit.names, fit.is_audited) == (2, 2, ("assistant_of",), False)


def test_a_review_that_cites_no_lines_is_told_by_its_names(tmp_path: Path) -> None:
    older = SERVICE.replace("def helper", "def assistant_of").replace('"helper"', '"x"')
    found = versions_of(tmp_path, given=SERVICE, older=older)
    words = "The `assistant_of` function takes two parameters."
    kind, told = remark(beside(found["given"], {"older": found["older"]}, words))
    assert (kind, told) == (
        "moved-names",
        "it may be about older; assistant_of is there, and not here",
    )


def test_lines_that_are_right_elsewhere_are_explained_and_not_refuted(tmp_path: Path) -> None:
    """The file is shorter now, and ends before the line."""
    short = SERVICE.replace(
        SERVICE[SERVICE.index("class Service") : SERVICE.index("def helper")], ""
    )
    last = SERVICE.splitlines().index("def helper(a, b):") + 1
    assert last > len(short.splitlines())
    found = versions_of(tmp_path, new=short, old=SERVICE)
    words = f"1. `LIMIT` on line 12.\n2. `helper` on line {last}.\n"
    assert claim(audit(load_code(str(found["new"])), [text_of("r", words)]), "helper").verdict == (
        "refuted"
    )
    made = beside(found["new"], {"old": found["old"]}, words)
    assert claim(made, "helper").verdict == "not checkable"
    assert claim(made, "helper").reason == (
        f"not so in this file, and so in old, which the cited lines fit: helper is at line {last}"
    )


def test_lines_that_no_version_has_stay_refuted(tmp_path: Path) -> None:
    found = versions_of(tmp_path, new="# one more line\n" * 3 + SERVICE, old=SERVICE)
    made = beside(found["new"], {"old": found["old"]}, REVIEW + "3. `helper` on line 5000.\n")
    assert remark(made)[1].startswith("its cited lines fit old: 2 of 3; ")
    assert claim(made, "helper").verdict == "refuted"


def test_what_is_not_so_any_more_stays_refuted_and_tells_when_it_was_so(tmp_path: Path) -> None:
    new = "# one more line\n" * 3 + SERVICE.replace("LIMIT = 10", "LIMIT = 99")
    found = versions_of(tmp_path, new=new, old=SERVICE)
    words = REVIEW + "3. The `LIMIT` constant is set to 10.\n"
    made = beside(found["new"], {"old": found["old"]}, words)
    now = [each for each in made.claims if "set to 10" in each.quote]
    assert {each.verdict for each in now} == {"refuted"}
    assert {each.evidence[-1].text for each in now} == {"it was so in old"}


def test_a_line_that_a_statement_is_no_claim_of_is_explained_where_it_is_right(
    tmp_path: Path,
) -> None:
    found = versions_of(tmp_path, new="# one more line\n" * 3 + SERVICE, old=SERVICE)
    made = beside(found["new"], {"old": found["old"]}, REVIEW)
    told = claim(made, "LIMIT")
    assert told.verdict == "not checkable"
    assert told.reason.endswith("in old, which the cited lines fit, LIMIT is at line 12")


def test_a_version_that_does_not_fit_better_changes_no_verdict(tmp_path: Path) -> None:
    found = versions_of(tmp_path, given=SERVICE, other="# one more line\n" * 3 + SERVICE)
    words = REVIEW + "3. `helper` on line 5000.\n4. `LIMIT` is never used.\n"
    text = text_of("review", words)
    alone = audit(load_code(str(found["given"])), [text])
    assert beside(found["given"], {"other": found["other"]}, words).claims == alone.claims


def test_no_further_version_is_asked_when_the_time_is_over(tmp_path: Path) -> None:
    found = versions_of(tmp_path, given="# more\n" * 3 + SERVICE, a="# 1\n" + SERVICE, b=SERVICE)
    text = text_of("review", REVIEW)
    subject = load_code(str(found["given"]))
    versions = [Version(name, partial(load_code, str(found[name]))) for name in ("a", "b")]
    made = with_versions(
        audit(subject, [text]), subject, [text], versions, looked_at="2 versions", seconds=0.0
    )
    assert [each.version for each in made.fits] == [made.file, "a"]
    assert made.remarks[-1].text.endswith("; 2 versions, of which 1 could be asked")


def test_a_version_that_few_of_many_lines_fit_is_not_named_unless_that_is_asked(
    tmp_path: Path,
) -> None:
    found = versions_of(tmp_path, given="# more\n" * 3 + SERVICE, old=SERVICE)
    words = "1. `LIMIT` on line 12.\n2. `helper` on line 9.\n3. `LIMIT` on line 70.\n"
    text = text_of("review", words)
    subject = load_code(str(found["given"]))
    alone = audit(subject, [text])
    for is_asked in (False, True):
        versions = [Version("old", partial(load_code, str(found["old"])))]
        made = with_versions(alone, subject, [text], versions, is_asked=is_asked)
        assert [each.fits for each in made.fits] == [0, 1]
        assert (made.remarks == alone.remarks) is (not is_asked)
        assert (made.claims == alone.claims) is (not is_asked)
