"""Taking control of a process before the target is imported, and giving it back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from racewright.errors import UsageError
from racewright.interpose import stdlib
from racewright.interpose.imports import Instrumenter
from racewright.primitives import files
from racewright.primitives.memory import touch
from racewright.store import folder_for

__all__ = ["give_back_control", "project_modules", "take_control"]


def take_control(root: str, packages: Sequence[str] = ()) -> Instrumenter:
    """Replace the standard names, and instrument what is imported below ``root`` from now on.

    ``packages`` are instrumented wherever they lie, loaded or not. Raises ``UsageError`` for one
    that cannot be found.
    """
    stdlib.install()
    instrumenter = Instrumenter(
        touch, roots=[Path(root)], packages=packages, cache=folder_for(root) / "cache"
    )
    instrumenter.install()
    files.count_for(instrumenter.instrumented)
    for package in packages:
        try:
            instrumenter.instrument_loaded(package)
        except ImportError as error:
            raise UsageError(f"--instrument {package}: {error}") from None
    return instrumenter


def give_back_control(instrumenter: Instrumenter) -> None:
    """Undo :func:`take_control`."""
    instrumenter.uninstall()
    files.count_for(())
    stdlib.uninstall()


def project_modules(instrumenter: Instrumenter, *names: str) -> list[ModuleType]:
    """The modules that were loaded before control and belong to the project, or have ``names``."""
    return [
        module
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType)
        and (name in names or instrumenter.why_not(name, getattr(module, "__file__", None)) is None)
    ]
