# file: crawler.py
import threading


class Crawler:
    def __init__(self):
        self.seen = set()
        self.fetched = []

    def visit(self, page):
        if page not in self.seen:  # here
            self.seen.add(page)
            self.fetched.append(page)

    def crawl(self, pages):
        threads = [threading.Thread(target=self.visit, args=(page,)) for page in pages]
        for thread in threads:
            thread.start()
