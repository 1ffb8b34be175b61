# file: background.py
# The shape of a client that runs its event loop in a thread, so that others need not know.
import asyncio
import threading


class Background:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.call_soon(print, "started")
        self.loop.run_forever()
