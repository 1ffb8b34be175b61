# file: crawl.py
import eventlet
import requests


def fetch(url):
    return requests.get(url).text  # here


def main(urls):
    pool = eventlet.GreenPool()
    for url in urls:
        pool.spawn(fetch, url)
    pool.waitall()


if __name__ == "__main__":
    main(["http://example.org"])
