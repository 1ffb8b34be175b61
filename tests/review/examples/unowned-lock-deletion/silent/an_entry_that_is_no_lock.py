# file: shop/pages.py
from django.core.cache import cache
from shop.models import compute


def warm_up(page):
    cache.add(page, compute(page), 60)


def forget(page):
    cache.delete(page)


def remember(names, page):
    names.add(page)
    cache.delete(page)


def first_visit(user):
    is_first = cache.add(f"visited:{user}", 1, 3600)
    cache.delete(f"page:{user}")
    return is_first


def put(client, key, value):
    client.set(key, value, ex=60)
    client.delete(key + ":old")
