# file: counting.py
import threading

total = 0


def work():
    global total
    total += 1


def run():
    global total
    total = 0
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    total += 1
    return total
