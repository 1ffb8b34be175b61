# file: notices.py
# The shape that Python's manual shows.
import asyncio

running = set()


def notify(client):
    task = asyncio.create_task(client.send("done"))
    running.add(task)
    task.add_done_callback(running.discard)
