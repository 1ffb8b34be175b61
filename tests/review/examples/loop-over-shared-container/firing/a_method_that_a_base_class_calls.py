# file: transport/queues.py
import threading


class Base:
    def delete(self, name):
        self._delete(name)

    def _delete(self, name):
        raise NotImplementedError


class Channel(Base):
    def __init__(self):
        self.queues = {}
        self.thread = threading.Thread(target=self._beat)

    def _delete(self, name):
        self.queues.pop(name, None)

    def _beat(self):
        for queue in self.queues.values():  # here
            queue.extend()
