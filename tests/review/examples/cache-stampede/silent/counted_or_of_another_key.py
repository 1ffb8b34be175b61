# file: shop/limits.py
# As middlewares that limit the rate of requests do it.
import time

from django.core.cache import cache
from shop.models import compute


def is_allowed(user):
    count = cache.get(user)
    if count is None:
        cache.set(user, 0, 60)
    cache.incr(user)
    return not count or count < 100


def seen(user):
    last = cache.get("seen")
    if last is None:
        cache.set("seen", time.time())


def copy(user):
    found = cache.get("old")
    if found is None:
        found = compute()
        cache.set("new", found)
    return found


def refresh(user):
    found = cache.get("page")
    if found is not None:
        cache.set("page", compute())
