# file: service/single.py
# As daemons see to it that there is one of them.
import os
import tempfile

LOCK = os.path.join(tempfile.gettempdir(), "service.lock")


def begin():
    with open(LOCK, "x") as file:
        file.write(str(os.getpid()))


def begin_low():
    return os.open("/tmp/service.lock", os.O_CREAT | os.O_EXCL | os.O_WRONLY)


def end():
    os.remove(LOCK)
