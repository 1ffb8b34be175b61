# file: counting.py
import threading

total = 0
guard = threading.Lock()


def work():
    global total
    guard.acquire()
    try:
        total += 1
    finally:
        guard.release()


def start():
    for _ in range(4):
        threading.Thread(target=work).start()
