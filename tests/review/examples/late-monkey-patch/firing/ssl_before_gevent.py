# file: download.py
import requests
from gevent import monkey

monkey.patch_all()  # here: gevent itself warns of it


def fetch(url):
    return requests.get(url).text
