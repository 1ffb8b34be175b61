# file: vault/keys.py
# As clients of clouds do it: the second step is for files that were there before.
import os


def save(path, key):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.chmod(path, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)


def private(path, flags):
    return os.open(path, flags, 0o600)


def save_with_opener(path, key):
    with open(path, "w", opener=private) as file:
        file.write(key)
    os.chmod(path, 0o600)


def save_with_umask(path, key):
    before = os.umask(0o077)
    try:
        with open(path, "w") as file:
            file.write(key)
        os.chmod(path, 0o600)
    finally:
        os.umask(before)


def prepare(folder):
    os.mkdir(folder, 0o700)
    os.chmod(folder, 0o700)
