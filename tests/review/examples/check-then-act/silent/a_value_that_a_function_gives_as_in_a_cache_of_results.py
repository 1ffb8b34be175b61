# file: service/memory.py
import functools
import inspect


def source_of(function):
    try:
        return inspect.getsource(function), inspect.getsourcefile(function)
    except OSError:
        return "", ""


class remembered:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.source = None

    def __call__(self, *args):
        if self.source is None:
            self.source = source_of(self.function)  # the same for all who look
        return self.function(*args)
