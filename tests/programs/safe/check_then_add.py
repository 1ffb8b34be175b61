"""Two threads crawl one page; the test and the mark are one critical section.

Safe: only one thread can find the page unseen. Fetching needs no lock, for it follows from
that.
"""

import threading


class Crawler:
    def __init__(self):
        self.lock = threading.Lock()
        self.seen = set()
        self.fetched = []

    def visit(self, page):
        with self.lock:
            is_new = page not in self.seen
            self.seen.add(page)
        if is_new:
            self.fetched.append(page)


def test_a_page_is_fetched_once():
    crawler = Crawler()
    threads = [threading.Thread(target=crawler.visit, args=("/",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crawler.fetched == ["/"]
