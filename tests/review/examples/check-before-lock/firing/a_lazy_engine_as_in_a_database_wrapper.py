# file: db/engine.py
# The kind: a wrapper that makes its engine when it is first asked for.
import threading

_engine = None
_engine_lock = threading.Lock()


def get_engine(connect):
    global _engine
    if _engine is None:  # here
        with _engine_lock:
            url = "sqlite://"
            _engine = connect(url)
    return _engine
