# file: quota.py
import eventlet


class Quota:
    def __init__(self):
        self.used = 0

    def take(self, amount):
        used = self.used  # here
        eventlet.sleep(0.1)
        self.used = used + amount
