# file: service/engine.py
import threading

outer = threading.Lock()
inner_lock = threading.Lock()
engine = None


def get(make):
    global engine
    with outer:
        if engine is None:
            with inner_lock:
                engine = make()
        return engine
