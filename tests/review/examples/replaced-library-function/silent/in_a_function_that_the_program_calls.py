# file: tracing.py
import time

_time_sleep = time.sleep


def install(trace):
    def sleep(seconds):
        trace(seconds)
        _time_sleep(seconds)

    time.sleep = sleep
