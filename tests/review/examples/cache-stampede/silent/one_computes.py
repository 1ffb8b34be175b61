# file: shop/pages.py
import threading

import redis
from django.core.cache import cache
from shop.models import compute

client = redis.Redis()
lock = threading.Lock()


def page():
    return cache.get_or_set("page", compute, 60)


def price():
    found = cache.get("price")
    if found is None:
        if not cache.add("price:computing", 1, 10):
            return cache.get("price:old")
        found = compute()
        cache.set("price", found)
    return found


def stock():
    found = client.get("stock")
    if found is None:
        with client.lock("stock:computing", timeout=10):
            found = client.get("stock") or compute()
            client.set("stock", found)
    return found


def weight():
    with lock:
        found = cache.get("weight")
        if found is None:
            found = compute()
            cache.set("weight", found)
        return found
