# file: caches.py
import functools


class Cached:
    def __init__(self, size):
        self.size = size

    def __call__(self, function):
        self.function = function
        functools.update_wrapper(self, function)
        return self.run

    def run(self, *args):
        return self.function(*args)
