# file: utils.py
# The shape of a library that replaces sleep so that its tests need not wait for a retry.
import time

_time_sleep = time.sleep


def _sleep(seconds):
    _time_sleep(seconds)


time.sleep = _sleep  # here
