# file: isolated.py
# The shape of a module that lets another import itself under a changed clock, and puts it back.
import time

_sleep = time.sleep


def load(name):
    return __import__(name)


load("scheduler")
time.sleep = _sleep
