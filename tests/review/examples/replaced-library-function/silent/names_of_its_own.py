# file: clock.py
import datetime
import threading


class time:
    sleep = None


time.sleep = print
threading.stack_depth = 10
datetime.zero = 0
