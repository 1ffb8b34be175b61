# file: service/lazy.py
_MISSING = object()


class lazy:
    def __init__(self, function):
        self.function = function
        self.word = None

    def __set_name__(self, owner, word):
        self.word = word

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        cache = instance.__dict__
        value = cache.get(self.word, _MISSING)  # here
        if value is _MISSING:
            value = self.function(instance)
            cache[self.word] = value
        return value
