# file: download.py
from gevent import monkey

monkey.patch_all()

import urllib.request

total = {}


def fetch(url):
    total[url] += len(urllib.request.urlopen(url).read())  # here
