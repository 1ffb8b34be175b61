"""What the ini file says becomes what is meant."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import racewright_pytest
from racewright.errors import UsageError


def settings_for(root: Path, **ini: str) -> Any:
    config: Any = SimpleNamespace(
        rootpath=root,
        known_args_namespace=SimpleNamespace(),
        option=SimpleNamespace(),
        getini=lambda name: ini.get(name.removeprefix("race_")),
    )
    return racewright_pytest._Plugin(config).settings(None)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("No", False)])
def test_a_flag_in_the_ini_file_may_be_off(tmp_path: Path, text: str, value: bool) -> None:
    assert settings_for(tmp_path, keep_going=text).keep_going is value


def test_a_flag_that_is_neither_on_nor_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--race-keep-going=perhaps: true or false expected"):
        settings_for(tmp_path, keep_going="perhaps")


def test_a_number_in_the_ini_file_is_a_number(tmp_path: Path) -> None:
    assert settings_for(tmp_path, schedules="12", time="0.5").schedules == 12
