# file: cache.py
import os
from pathlib import Path


def prepare(folder):
    # Once.
    if not os.path.exists(folder):
        os.makedirs(folder, 0o700)  # for us alone


def prepare_one(folder):
    if not os.path.isdir(folder):
        os.mkdir(folder)


def prepare_path(name):
    folder = Path(name)
    if not folder.exists():
        folder.mkdir()


def forget(name):
    path = Path(name)
    if path.exists():
        path.unlink()


def remove(name):
    if os.path.exists(name):
        os.remove(name)
