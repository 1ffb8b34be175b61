"""Modules as they are where nothing was compiled."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from racewright import hot

__all__ = ["in_python"]


def in_python(module: ModuleType) -> Any:
    """``module`` once more, as it is where nothing was compiled."""
    name = f"{module.__name__}_in_python"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    assert spec is not None
    assert spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, again)  # dataclasses look there
        patch.setattr(hot, "module", None)
        patch.setattr(hot, "fresh", None)
        spec.loader.exec_module(again)
    return again
