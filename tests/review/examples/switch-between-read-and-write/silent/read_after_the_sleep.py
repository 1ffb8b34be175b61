# file: quota.py
import eventlet


class Quota:
    def __init__(self):
        self.used = 0

    def take(self, amount):
        eventlet.sleep(0.1)
        used = self.used
        self.used = used + amount
