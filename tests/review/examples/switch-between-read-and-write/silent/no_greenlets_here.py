# file: quota.py
import time


class Quota:
    def __init__(self):
        self.used = 0

    def take(self, amount):
        used = self.used
        time.sleep(0.1)
        self.used = used + amount
