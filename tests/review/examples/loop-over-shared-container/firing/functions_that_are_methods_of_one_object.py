# file: service/hooks.py
class Hooks:
    def __init__(self):
        self.hooks = {}

    def subscribe(self, name, hook):
        self.hooks[name] = hook

    def fire(self, event):
        for name, hook in self.hooks.items():  # here
            hook(name, event)


_hooks = Hooks()
subscribe = _hooks.subscribe
fire = _hooks.fire
