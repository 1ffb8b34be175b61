"""Replacements come off as they went on."""

from __future__ import annotations

import types

from racewright.interpose.patching import Patches


def test_what_was_replaced_comes_back() -> None:
    module = types.ModuleType("clock")
    module.sleep = before = lambda: "real"  # type: ignore[attr-defined]
    patches = Patches()
    patches.replace(module, "sleep", lambda: "ours")
    patches.replace(module, "extra", 1)

    assert patches.undo() == ()
    assert module.sleep is before
    assert not hasattr(module, "extra")


def test_a_name_that_the_program_has_wrapped_in_the_meantime_is_left_to_it() -> None:
    module = types.ModuleType("clock")
    module.sleep = lambda: "real"  # type: ignore[attr-defined]
    patches = Patches()
    patches.replace(module, "sleep", lambda: "ours")
    ours = module.sleep
    module.sleep = wrapper = lambda: "wrapped " + ours()  # type: ignore[attr-defined]

    assert patches.undo() == ("clock.sleep",)
    assert module.sleep is wrapper
