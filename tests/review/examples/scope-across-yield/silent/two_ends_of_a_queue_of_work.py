# file: crawl.py
class Crawler:
    def __init__(self, first):
        self.waiting = [first]

    def pages(self):
        while self.waiting:
            page = self.waiting.pop()
            yield page
            for each in page.links:
                self.waiting.append(each)
