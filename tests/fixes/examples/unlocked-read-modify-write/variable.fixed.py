# file: counter.py
import threading

total = 0
_total_lock = threading.Lock()


def work():
    global total
    with _total_lock:
        total += 1


def run():
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
