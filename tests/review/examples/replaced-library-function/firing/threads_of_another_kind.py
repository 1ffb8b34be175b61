# file: compatibility.py
import threading as threads

import eventlet

setattr(threads, "Thread", eventlet.green.threading.Thread)  # here
