# file: service/templates.py
from service.parsing import Template


class Loader:
    def __init__(self):
        self.templates = {}

    def load(self, name):
        if name not in self.templates:  # here
            self.templates[name] = Template(name)
        return self.templates[name]


_loader = Loader()
load = _loader.load
