# file: service/hooks.py
class Hooks:
    def __init__(self):
        self.hooks = {}

    def hook(self, function):
        self.hooks[function.__name__] = function
        return function

    def fire(self, event):
        for name, function in self.hooks.items():
            function(name, event)


_hooks = Hooks()
hook = _hooks.hook
fire = _hooks.fire


@hook
def tell(name, event):
    print(name, event)
