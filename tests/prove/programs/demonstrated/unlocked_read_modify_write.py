"""Visits are counted by every thread that serves one."""

import threading


class Visits:
    def __init__(self):
        self.count = 0

    def serve(self, page):
        text = f"<h1>{page}</h1>"
        self.count += 1
        return text

    def serve_all(self, pages):
        threads = [threading.Thread(target=self.serve, args=(page,)) for page in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
