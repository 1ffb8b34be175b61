# file: log.py
import fcntl

import gevent


def append(path, text):
    with open(path, "a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)  # here
        file.write(text)


def log(path, text):
    return gevent.spawn(append, path, text)
