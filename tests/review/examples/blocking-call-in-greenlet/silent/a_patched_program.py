# file: crawl.py
from gevent import monkey

monkey.patch_all()

import time

import gevent
import requests


def fetch(url):
    time.sleep(1)
    return requests.get(url).text


if __name__ == "__main__":
    gevent.joinall([gevent.spawn(fetch, "http://example.org")])
