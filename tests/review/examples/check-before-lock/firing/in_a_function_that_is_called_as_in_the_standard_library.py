# file: service/browsers.py
# The kind: a table of what is installed, made when it is first asked for.
import threading

_lock = threading.RLock()
_order = None


def _register(find):
    global _order
    _order = []
    for each in find():
        _order.append(each)


def get(find):
    if _order is None:  # here
        with _lock:
            _register(find)
    return _order
