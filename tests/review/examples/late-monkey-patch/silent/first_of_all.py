# file: service.py
import eventlet

eventlet.monkey_patch()

from threading import Lock
from time import sleep

lock = Lock()
sleep(0)
