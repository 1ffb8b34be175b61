"""What an error looks like."""

from __future__ import annotations

from racewright.errors import TargetError


def test_the_slug_ends_the_first_line_so_that_a_command_below_can_be_copied() -> None:
    error = TargetError("there is no file 'x'\nTo list them:\n  ls")
    assert str(error) == "there is no file 'x'    [target]\nTo list them:\n  ls"


def test_an_error_of_one_line_ends_with_its_slug() -> None:
    assert str(TargetError("there is no file 'x'")) == "there is no file 'x'    [target]"
