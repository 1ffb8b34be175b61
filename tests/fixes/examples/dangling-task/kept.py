# file: notify.py
import asyncio


class Client:
    def __init__(self):
        self.loop = asyncio.get_running_loop()

    def notify(self, report):
        task = asyncio.create_task(self.send("done"))
        task.add_done_callback(report)

    def notify_soon(self):
        # Nobody waits for it.
        self.loop.create_task(self.send("soon"))  # later
