# file: vault/copies.py
import os
import tempfile


def close(path):
    with open(path) as file:
        text = file.read()
    os.chmod(path, 0o600)
    return text


def close_before(path, key):
    os.chmod(path, 0o600)
    with open(path, "w") as file:
        file.write(key)


def keep(path, key):
    with open(path + ".pub", "w") as file:
        file.write(key)
    os.chmod(path, 0o600)


def scratch(key):
    path = os.path.join(tempfile.mkdtemp(), "key")
    with open(path, "w") as file:
        file.write(key)
    os.chmod(path, 0o600)
    return path
