# file: service/retry.py
import threading
import time


def start(worker):
    threading.Thread(target=worker).start()
    time.sleep(1)
