# file: service/jobs.py
# As the pages of task queues show it: after the time, the lock is left to run out.
import time
import uuid

import redis
from django.core.cache import cache

client = redis.Redis()


def run(job):
    token = uuid.uuid4().hex
    if not client.set("lock:jobs", token, nx=True, ex=30):
        return
    try:
        job()
    finally:
        if client.get("lock:jobs") == token:
            client.delete("lock:jobs")


def run_in_time(job):
    ends = time.monotonic() + 55
    taken = cache.add("lock:jobs", "1", 60)
    try:
        if taken:
            job()
    finally:
        if time.monotonic() < ends and taken:
            cache.delete("lock:jobs")
