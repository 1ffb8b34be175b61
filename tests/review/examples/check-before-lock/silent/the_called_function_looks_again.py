# file: service/browsers.py
import threading

_lock = threading.RLock()
_order = None
_state = {}


def _register(find):
    global _order
    if _order is not None:
        return
    _order = list(find())


def get(find):
    if _order is None:
        with _lock:
            _register(find)
    return _order


def again(make):
    if "one" not in _state:
        with _lock:
            entry = _state.get("one")
            if entry is not None:
                return entry
            _state["one"] = make()
    return _state["one"]
