# file: service/server.py
# The kind: a server that marks an object as gone before it forgets it under its lock.
import threading


class Server:
    def __init__(self):
        self.mutex = threading.Lock()
        self.objects = {}

    def create(self, name, made):
        with self.mutex:
            self.objects[name] = made

    def forget(self, name):
        self.objects[name] = None
        with self.mutex:
            print(self.objects[name])
            del self.objects[name]
