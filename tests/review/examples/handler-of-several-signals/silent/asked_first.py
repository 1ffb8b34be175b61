# file: service/work.py
import os
import signal
import sys

is_done = False


def leave(number, frame):
    global is_done
    if is_done:
        return
    is_done = True
    os.remove("/run/service.pid")
    sys.exit()


signal.signal(signal.SIGINT, leave)
signal.signal(signal.SIGTERM, leave)
