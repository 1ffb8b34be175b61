# file: notices.py
import asyncio


def notify(client, report):
    task = asyncio.ensure_future(client.send("done"))  # here
    task.set_name("notice")
    task.add_done_callback(report)
