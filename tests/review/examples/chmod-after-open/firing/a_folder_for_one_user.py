# file: vault/folders.py
import os


def prepare(folder):
    if not os.path.isdir(folder):
        os.makedirs(folder)  # here
        os.chmod(folder, 0o700)
