"""What ruff knows already is asked of ruff, and told as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.review import ReviewSettings, review
from racewright.review.external import find_ruff


@pytest.mark.skipif(not find_ruff(), reason="ruff is not installed")
def test_a_lock_that_its_with_statement_makes_is_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "import threading\n\nwith threading.Lock():\n    print(1)\n"
    (tmp_path / "service.py").write_text(text)
    result = review(ReviewSettings(paths=("service.py",), cache=False))
    (found,) = result.defects
    assert (found.source, found.rule, found.cwe, found.place.line) == ("ruff", "PLW2101", 820, 3)
