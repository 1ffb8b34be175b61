# file: service.py
from typing import TYPE_CHECKING

from gevent import monkey

if TYPE_CHECKING:
    import requests
    from threading import Lock

monkey.patch_all()


def hold(lock: "Lock") -> "requests.Response":
    return lock
