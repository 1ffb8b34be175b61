# file: registry.py
from threading import Lock

_lock = Lock()


async def register(client, name):
    _lock.acquire()  # here
    try:
        await client.post(name)
    finally:
        _lock.release()
