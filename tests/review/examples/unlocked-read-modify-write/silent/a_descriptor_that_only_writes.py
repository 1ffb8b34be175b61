# file: service/lazy.py
class lazy:
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        result = instance.__dict__[self.function.__name__] = self.function(instance)
        return result
