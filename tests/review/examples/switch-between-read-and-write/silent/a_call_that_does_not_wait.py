# file: quota.py
import time

import eventlet
from eventlet.green import socket


class Quota:
    def __init__(self):
        self.used = 0
        self.family = None

    def take(self, amount):
        used = self.used
        limit = time.monotonic() + 1
        self.used = used + amount
        eventlet.sleep(limit)

    def kind(self):
        if self.family is None:
            number = socket.AF_INET
            self.family = number
        return self.family
