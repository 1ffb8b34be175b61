# file: service/plugins.py
import threading

_lock = threading.RLock()
_loaded = {}


def load(name, make):
    with _lock:
        if name not in _loaded:
            _loaded[name] = make()
        return _loaded[name]


def unload(name):
    with _lock:
        _loaded.pop(name, None)


def replace(name, plugin):
    _loaded[name] = plugin  # here
