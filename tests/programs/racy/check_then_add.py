"""Two threads crawl one page, because both find it not yet seen.

Source: Python-native.

    one                        two
    "/" in seen? no
                               "/" in seen? no
                               seen.add, fetch
    seen.add, fetch again
"""

import threading


class Crawler:
    def __init__(self):
        self.seen = set()
        self.fetched = []

    def visit(self, page):
        if page not in self.seen:
            self.seen.add(page)
            self.fetched.append(page)


def test_a_page_is_fetched_once():
    crawler = Crawler()
    threads = [threading.Thread(target=crawler.visit, args=("/",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crawler.fetched == ["/"]
