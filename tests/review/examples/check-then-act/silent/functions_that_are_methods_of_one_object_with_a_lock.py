# file: service/templates.py
import threading

from service.parsing import Template


class Loader:
    def __init__(self):
        self.templates = {}
        self.lock = threading.Lock()

    def load(self, name):
        with self.lock:
            if name not in self.templates:
                self.templates[name] = Template(name)
            return self.templates[name]


_loader = Loader()
load = _loader.load
