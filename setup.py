"""What cannot be said in pyproject.toml: the hot path is also there in C.

Where it cannot be compiled (no compiler, no headers) the package is installed without, and its
Python functions do the same, more slowly.
"""

from __future__ import annotations

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "racewright._hot",
            ["src/racewright/_hot.c"],
            optional=True,
            extra_compile_args=["-O2"],
        )
    ]
)
