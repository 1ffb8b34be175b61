# file: build/scripts.py
import os
import stat


def install(path, text):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)


def make_executable(path, text):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IEXEC)


def make_read_only(path, text, mode):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o444)
    os.chmod(path, mode)
