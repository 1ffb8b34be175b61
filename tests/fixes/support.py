"""How the tests of fixes have one text fixed."""

from __future__ import annotations

from pathlib import Path

from racewright.fixes import Fixing, fix_project
from racewright.model.finding import Review
from racewright.review import ReviewSettings, review
from racewright.review.again import Again

EXAMPLES = Path(__file__).parent / "examples"
BOTH = frozenset({"safe", "suggested"})


def as_it_is(made: Review, _contents: object) -> Review:
    return made


def fixed(
    *rules: str, grades: frozenset[str] = BOTH, ruff: bool = False, paths: tuple[str, ...] = (".",)
) -> Fixing:
    """What the fixes of ``rules`` make of the working directory."""
    settings = ReviewSettings(paths=paths, select=rules, ruff=ruff, cache=False, jobs=1)
    made = review(settings)
    again = Again(made, settings)
    data = {file: Path(path).read_bytes() for file, path in again.paths.items()}
    return fix_project(made, again, data, grades=grades, shown=as_it_is)


def path_of(example: Path) -> str:
    """Where an example says that it lies; in a file of tests, unless its first line says other."""
    first = example.read_text().partition("\n")[0]
    return first.removeprefix("# file: ") if first.startswith("# file: ") else "tests/test_it.py"
