# file: monkey_patch.py
# The shape of a module of Nova's that patches with care: what it imports is looked up later.
import os
import threading
import time


def patch():
    import eventlet

    eventlet.monkey_patch(os=False)
    threading.current_thread()
    time.sleep(0)


if os.environ.get("DISABLE_PATCHING") is None:
    patch()
