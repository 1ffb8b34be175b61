"""A downloader writes down its progress under the lock under which the workers make it.

Safe: part and total change in one critical section and are read in one.
"""

import threading


class Download:
    def __init__(self, workers):
        self.lock = threading.Lock()
        self.offsets = [0] * workers
        self.total = 0

    def fetch(self, worker):
        with self.lock:
            self.offsets[worker] += 5
            self.total += 5

    def save(self):
        with self.lock:
            return sum(self.offsets), self.total


def test_saved_offsets_add_up_to_the_saved_total():
    download = Download(workers=2)
    threads = [threading.Thread(target=download.fetch, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    offsets, total = download.save()
    for thread in threads:
        thread.join()
    assert offsets == total
