# file: service/debug.py
import os

FOLDER = os.environ.get("TMPDIR", "/tmp")
LOG = FOLDER + "/service-debug.log"


def trace(line):
    with open(LOG, "a") as file:  # here
        file.write(line)


def trace_low(line):
    descriptor = os.open("/tmp/service.trace", os.O_WRONLY | os.O_CREAT)  # here
    os.write(descriptor, line)
