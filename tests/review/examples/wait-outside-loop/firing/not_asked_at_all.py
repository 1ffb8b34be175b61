# file: service/gate.py
from threading import Condition

gate = Condition()


def pass_through():
    with gate:
        gate.wait()  # here
    return True
