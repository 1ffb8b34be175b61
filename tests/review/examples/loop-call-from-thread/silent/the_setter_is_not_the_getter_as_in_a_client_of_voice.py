# file: state.py
# The shape of a state whose setter wakes coroutines, and which a thread only reads.
import asyncio
import threading


class State:
    def __init__(self):
        self._state = 0
        self._changed = asyncio.Event()

    @property
    def state(self):
        return self._state

    @state.setter
    def state(self, state):
        self._state = state
        self._changed.set()

    def _play(self):
        while self.state:
            pass

    def start(self):
        threading.Thread(target=self._play).start()
