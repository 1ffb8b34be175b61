# file: bank.py
import threading

lock = threading.Lock()
balance = 0


def transfer(amount):
    global balance
    with lock:
        balance -= amount
        if balance < 0:
            with lock:  # here
                balance = 0
