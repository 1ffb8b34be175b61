# file: service/signals.py
from weakref import WeakMethod, ref


class Signal:
    def __init__(self):
        self.receivers = set()

    def connect(self, receiver):
        kind = WeakMethod if hasattr(receiver, "__self__") else ref
        self.receivers.add(kind(receiver))
        self.receivers.add(WeakMethod(receiver, self._forget))

    def send(self, value):
        return [receiver()(value) for receiver in self.receivers]  # here

    def _forget(self, receiver):
        self.receivers.discard(receiver)
