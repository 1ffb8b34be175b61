# file: bootstrap.py
class DummyModuleLock:
    """A simple _ModuleLock equivalent for Python builds without multi-threading support."""

    def __init__(self, name):
        self.name = name
        self.count = 0

    def acquire(self):
        self.count += 1
        return True

    def release(self):
        if self.count == 0:
            raise RuntimeError("cannot release un-acquired lock")
        self.count -= 1
