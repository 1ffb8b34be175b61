# file: service/noting.py
class noted:
    def __init__(self, function):
        self.function = function
        self.word = function.__name__

    def __get__(self, instance, owner):
        if instance is None:
            return self
        instance.__dict__[self.word] = result = self.function(instance)
        instance.noted |= {self.word}  # here
        return result
