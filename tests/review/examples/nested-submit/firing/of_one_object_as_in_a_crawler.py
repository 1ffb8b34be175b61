# file: crawler/crawler.py
# The kind: a crawler that hands each page's links to the pool that it runs in.
from concurrent.futures import ThreadPoolExecutor, wait


class Crawler:
    def __init__(self, fetch):
        self.fetch = fetch
        self.pool = ThreadPoolExecutor(8)

    def crawl(self, url):
        return self.pool.submit(self._visit, url).result()

    def _visit(self, url):
        page = self.fetch(url)
        self._follow(page.links)
        return page

    def _follow(self, links):
        futures = []
        for link in links:
            futures.append(self.pool.submit(self._visit, link))
        wait(futures)  # here
