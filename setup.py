"""What cannot be said in pyproject.toml: some of it is also there in C.

Where it cannot be compiled (no compiler, no headers) the package is installed without, and its
Python functions do the same, more slowly.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("src/racewright")


def extension(name: str) -> Extension:
    source = FOLDER / f"{name}.c"
    digest = hashlib.sha256((Path(__file__).parent / source).read_bytes()).hexdigest()
    return Extension(
        f"racewright.{name}",
        [str(source)],
        define_macros=[("SOURCE_DIGEST", f'"{digest}"')],
        extra_compile_args=["-O2"],
        optional=True,
    )


setup(ext_modules=[extension("_hot"), extension("_fresh")])
