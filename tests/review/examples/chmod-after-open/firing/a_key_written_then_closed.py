# file: vault/keys.py
import os
import stat
from pathlib import Path


def save(path, key):
    with open(path, "wb") as file:  # here
        file.write(key)
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)


def save_path(path: Path, key):
    path.write_text(key)  # here
    path.chmod(0o600)
