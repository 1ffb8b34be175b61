"""Caches that several processes share: which expression is one, and what is asked of it."""

from __future__ import annotations

import ast
from typing import Final

from racewright.review.module import Module
from racewright.review.refs import Ref

__all__ = ["is_cache", "is_django_cache", "key_of"]

_CLIENTS: Final = frozenset(
    {
        "aiocache.Cache",
        "cachelib.MemcachedCache",
        "cachelib.RedisCache",
        "diskcache.Cache",
        "flask_caching.Cache",
        "memcache.Client",
        "pylibmc.Client",
        "pymemcache.Client",
        "pymemcache.HashClient",
        "pymemcache.PooledClient",
        "pymemcache.client.base.Client",
        "pymemcache.client.base.PooledClient",
        "pymemcache.client.hash.HashClient",
        "redis.Redis",
        "redis.Redis.from_url",
        "redis.StrictRedis",
        "redis.StrictRedis.from_url",
        "redis.asyncio.Redis",
        "redis.asyncio.Redis.from_url",
        "redis.asyncio.from_url",
        "redis.client.Redis",
        "redis.from_url",
    }
)
_OF_DJANGO: Final = "django.core.cache.cache"
_ALL_OF_DJANGO: Final = "django.core.cache.caches"


def is_cache(module: Module, node: ast.expr) -> bool:
    """Whether ``node`` is known to be a client of a cache, or Django's."""
    return is_django_cache(module, node) or module.type_of(node) in _CLIENTS


def is_django_cache(module: Module, node: ast.expr) -> bool:
    """Django's ``cache``, or one of its ``caches``, also where an attribute holds it."""
    ref = module.ref(node)
    if _is_of_django(ref):
        return True
    if ref is None or ref[0] != "attr" or ref[1][0] != "self":
        return False
    values = module.attributes.get(str(ref[1][1]), {}).get(str(ref[2]), [])
    return bool(values) and all(map(_is_of_django, values))


def _is_of_django(ref: Ref | None) -> bool:
    while ref is not None and ref[0] == "local":
        ref = ref[3]
    return ref in (("name", _OF_DJANGO), ("item", ("name", _ALL_OF_DJANGO)))


def key_of(call: ast.Call) -> ast.expr | None:
    """The key that a request is about."""
    for each in call.keywords:
        if each.arg in ("key", "name"):
            return each.value
    return call.args[0] if call.args and not isinstance(call.args[0], ast.Starred) else None
