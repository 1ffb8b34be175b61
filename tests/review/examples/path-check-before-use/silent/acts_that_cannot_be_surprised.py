# file: store/cache.py
import contextlib
import os
import shutil


def prepare(folder):
    if not os.path.isdir(folder):
        os.makedirs(folder, exist_ok=True)


def prepare_carefully(folder):
    if not os.path.isdir(folder):
        try:
            os.mkdir(folder)
        except FileExistsError:
            pass


def clear(folder, name):
    if os.path.exists(folder):
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(name):
        with contextlib.suppress(OSError):
            os.remove(name)


def write_once(name, text):
    if os.path.exists(name):
        return False
    with open(name, "x") as file:
        file.write(text)
    return True


def remove(name):
    if not os.path.exists(name):
        raise LookupError(name)
    os.remove(name)


def make_package(name):
    if not os.path.isfile(name):
        open(name, "w").close()
