# file: service/dispatch.py
import functools


class dispatched(dict):
    def __new__(cls, function):
        return functools.update_wrapper(dict.__new__(cls), function)

    def fitting(self, kind):
        return {each for each in list(self) if issubclass(kind, each)}

    def __missing__(self, kind):
        best = min(self.fitting(kind), key=lambda each: len(kind.__mro__) - len(each.__mro__))
        return self.setdefault(kind, self[best])

    def __call__(self, value):
        return self[type(value)](value)
