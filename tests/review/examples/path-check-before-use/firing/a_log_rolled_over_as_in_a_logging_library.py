# file: service/log_files.py
# The shape of handlers of logging libraries that keep old files, for several processes.
import os
from os import path


def roll(name, keep):
    for number in range(keep - 1, 0, -1):
        source, target = f"{name}.{number}", f"{name}.{number + 1}"
        if path.exists(source):  # here
            if path.exists(target):  # here
                os.remove(target)
            os.rename(source, target)


def drop(name):
    if not path.exists(name):  # here
        return
    os.unlink(name)
