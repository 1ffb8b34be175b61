# file: service/dispatch.py
import functools


class dispatched(dict):
    def __new__(cls, function):
        return functools.update_wrapper(dict.__new__(cls), function)

    def register(self, kind, function):
        self[kind] = function

    def fitting(self, kind):
        return {each for each in self if issubclass(kind, each)}  # here

    def __missing__(self, kind):
        best = min(self.fitting(kind), key=lambda each: len(kind.__mro__) - len(each.__mro__))
        return self.setdefault(kind, self[best])

    def __call__(self, value):
        return self[type(value)](value)
