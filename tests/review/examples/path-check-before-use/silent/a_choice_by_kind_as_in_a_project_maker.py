# file: build/clean.py
# The shape of tools that clear a folder: each thing is removed in the way of its kind.
import os
import shutil


def clear(folder):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.islink(path) or os.path.isfile(path):
            os.remove(path)
        elif os.path.isdir(path):
            shutil.rmtree(path)


def remove(path):
    if os.path.isfile(path):
        os.remove(path)
    else:
        shutil.rmtree(path)
