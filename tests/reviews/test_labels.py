"""No verdict contradicts a label that was given by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure", ROOT / "benchmarks/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("folder", "labels", "decided"),
    [
        ("open", 152, 75),
        ("kept", 184, 86),
        ("blind", 350, 160),
        ("later", 97, 26),
        ("style", 58, 36),
        ("fresh", 64, 33),
        ("last", 47, 20),
        ("strangers", 340, 66),
    ],
)
def test_verdicts_agree_with_labels(
    measure: ModuleType, folder: str, labels: int, decided: int
) -> None:
    scored = list(measure.quoted(ROOT / "tests/reviews" / folder))
    assert len(scored) == labels
    assert [each.label.words for each in scored if each.is_wrong] == []
    assert [
        each.label.words
        for each in scored
        if each.label.label == "NOT_CHECKABLE" and each.verdict != "not checkable"
    ] == []
    assert sum(each.verdict != "not checkable" for each in scored) >= decided
