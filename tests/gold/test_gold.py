"""What a report looks like, compared with the file of its shape.

After a change of the report that is meant:  RACEWRIGHT_UPDATE_GOLD=1 pytest tests/gold; then read
the difference as its readers will.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from rich.cells import cell_len

from racewright.report import to_text

HERE = Path(__file__).parent


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"gold_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SHAPES = load("shapes").SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_the_report_looks_as_it_did(shape: str) -> None:
    explorations, width = SHAPES[shape]
    text = to_text(explorations, width=width)
    gold = HERE / f"{shape}.txt"
    if os.environ.get("RACEWRIGHT_UPDATE_GOLD"):
        gold.write_text(text, encoding="utf-8")
    assert text == gold.read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_asked_for(shape: str, width: int) -> None:
    explorations, _ = SHAPES[shape]
    targets = [exploration.target for exploration in explorations]
    for line in to_text(explorations, width=width).splitlines():
        if "racewright replay" in line or any(target in line for target in targets):
            continue  # to be copied whole
        assert cell_len(line) <= width


@pytest.mark.parametrize("shape", SHAPES)
def test_no_report_has_a_control_sequence_or_an_unfit_character(shape: str) -> None:
    explorations, width = SHAPES[shape]
    assert to_text(explorations, width=width).replace("\n", "").isprintable()


@pytest.mark.parametrize("shape", SHAPES)
def test_colours_change_no_text(shape: str) -> None:
    from rich.text import Text

    explorations, width = SHAPES[shape]
    plain = to_text(explorations, width=width)
    colored = to_text(explorations, width=width, color=True)
    assert "\x1b[" in colored
    assert Text.from_ansi(colored).plain.split() == plain.split()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_report_for_ascii_is_ascii(shape: str) -> None:
    explorations, width = SHAPES[shape]
    assert to_text(explorations, width=width, ascii_only=True).isascii()


def test_no_report_calls_anything_safe() -> None:
    for explorations, width in SHAPES.values():
        text = to_text(explorations, width=width).lower()
        assert "safe" not in text
        assert "no races" not in text
