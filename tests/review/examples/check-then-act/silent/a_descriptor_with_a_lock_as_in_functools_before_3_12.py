# file: service/lazy.py
import threading

_MISSING = object()


class lazy:
    def __init__(self, function):
        self.function = function
        self.lock = threading.RLock()

    def __set_name__(self, owner, word):
        self.word = word

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        cache = instance.__dict__
        value = cache.get(self.word, _MISSING)
        if value is _MISSING:
            with self.lock:
                value = cache.get(self.word, _MISSING)
                if value is _MISSING:
                    value = self.function(instance)
                    cache[self.word] = value
        return value
