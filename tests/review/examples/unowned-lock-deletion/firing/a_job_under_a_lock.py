# file: service/jobs.py
import contextlib

import redis

client = redis.Redis()


def run(job, name):
    key = f"lock:{name}"
    acquired = client.set(key, "1", nx=True, px=30_000)
    if acquired:
        try:
            job()
        finally:
            client.delete(key)  # here


@contextlib.contextmanager
def locked(name):
    if not client.setnx(name, 1):
        raise RuntimeError(name)
    client.expire(name, 60)
    try:
        yield
    finally:
        client.delete(name)  # here
