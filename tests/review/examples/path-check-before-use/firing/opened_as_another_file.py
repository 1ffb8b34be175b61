# file: service/spool.py
import os


def deliver(box, message):
    if os.path.islink(box):  # here
        raise ValueError(box)
    with open(box, "a") as file:
        file.write(message)


def read(name):
    if os.access(name, os.R_OK):  # here
        return open(name).read()
    return ""


def write_once(name, text):
    if os.path.exists(name):  # here
        raise FileExistsError(name)
    with open(name, "w") as file:
        file.write(text)
