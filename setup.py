"""What cannot be said in pyproject.toml: compile the hot modules, if that is asked for.

With ``RACEWRIGHT_COMPILE=1`` and mypyc (of the ``mypy`` package) at hand, the modules below, which
are ordinary typed Python, become C extensions; without, they stay as they are. The two are one
source, so there is nothing to keep equal. An editable installation is never compiled, for its
modules would no longer be the files that one edits.

    python -m pip install setuptools mypy greenlet
    RACEWRIGHT_COMPILE=1 python -m pip install --no-build-isolation path/to/racewright
"""

from __future__ import annotations

import os
import sys
from typing import Any

from setuptools import setup

#: What runs at every scheduling point, needs no frame of its own (compiled code has none), and is
#: not subclassed elsewhere.
HOT = (
    "analysis/traces",
    "kernel/resources",
    "kernel/scheduler",
    "kernel/task",
    "model/operation",
    "primitives/memory",
)


def extensions() -> list[Any]:
    if os.environ.get("RACEWRIGHT_COMPILE") != "1" or {"develop", "editable_wheel"} & set(sys.argv):
        return []
    from mypyc.build import mypycify

    modules = [f"src/racewright/{name}.py" for name in HOT]
    options = ["--ignore-missing-imports", "--follow-imports=silent"]
    compiled: list[Any] = mypycify([*options, *modules], opt_level="2", debug_level="0")
    return compiled


setup(ext_modules=extensions())
