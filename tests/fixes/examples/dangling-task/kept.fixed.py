# file: notify.py
import asyncio


_running_tasks = set()


class Client:
    def __init__(self):
        self.loop = asyncio.get_running_loop()

    def notify(self, report):
        task = asyncio.create_task(self.send("done"))
        _running_tasks.add(task)
        task.add_done_callback(_running_tasks.discard)
        task.add_done_callback(report)

    def notify_soon(self):
        # Nobody waits for it.
        task = self.loop.create_task(self.send("soon"))  # later
        _running_tasks.add(task)
        task.add_done_callback(_running_tasks.discard)
