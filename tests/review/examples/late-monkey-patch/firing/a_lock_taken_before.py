# file: service.py
from threading import Lock

import eventlet

eventlet.monkey_patch()  # here

lock = Lock()
