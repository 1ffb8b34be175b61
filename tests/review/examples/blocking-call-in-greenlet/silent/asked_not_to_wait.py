# file: log.py
import fcntl

import gevent


def append(path, text):
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(text)
        fcntl.flock(file, fcntl.LOCK_UN)


def log(path, text):
    return gevent.spawn(append, path, text)
