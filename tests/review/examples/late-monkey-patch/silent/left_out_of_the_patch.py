# file: service.py
from threading import Lock, current_thread
from time import strftime

from gevent import monkey

monkey.patch_all(thread=False, ssl=False)

import requests

lock = Lock()
print(current_thread(), strftime("%H"), requests)
