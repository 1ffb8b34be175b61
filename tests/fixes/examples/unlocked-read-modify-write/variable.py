# file: counter.py
import threading

total = 0


def work():
    global total
    total += 1


def run():
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
