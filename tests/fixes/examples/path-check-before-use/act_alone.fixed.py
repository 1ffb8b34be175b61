# file: cache.py
import contextlib
import os
from pathlib import Path


def prepare(folder):
    # Once.
    os.makedirs(folder, 0o700, exist_ok=True)  # for us alone


def prepare_one(folder):
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder)


def prepare_path(name):
    folder = Path(name)
    folder.mkdir(exist_ok=True)


def forget(name):
    path = Path(name)
    path.unlink(missing_ok=True)


def remove(name):
    with contextlib.suppress(FileNotFoundError):
        os.remove(name)
