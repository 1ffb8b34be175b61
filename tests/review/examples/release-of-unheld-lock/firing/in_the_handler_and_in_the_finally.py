# file: service/upload.py
import threading

lock = threading.Lock()


def upload(send, data):
    lock.acquire()
    try:
        send(data)
    except OSError:
        lock.release()
        return False
    finally:
        lock.release()  # here
    return True
