# file: agent.py
# The shape of an agent that runs commands of the system from its periodic greenlet.
import os

import eventlet


class Agent:
    def start(self):
        eventlet.spawn_n(self._loop)

    def _loop(self):
        while True:
            self._sync()
            eventlet.sleep(10)

    def _sync(self):
        os.system("ip route flush cache")  # here
