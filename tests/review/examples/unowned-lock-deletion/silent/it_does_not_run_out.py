# file: service/jobs.py
import redis
from django.core.cache import cache

client = redis.Redis()


def run(job):
    if client.set("lock:jobs", 1, nx=True):
        try:
            job()
        finally:
            client.delete("lock:jobs")


def run_again(job):
    if cache.add("lock:jobs", 1, timeout=None):
        try:
            job()
        finally:
            cache.delete("lock:jobs")


def run_with_library(job):
    with client.lock("lock:jobs", timeout=30):
        job()
