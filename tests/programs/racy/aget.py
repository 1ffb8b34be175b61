"""A downloader writes down its progress while the workers go on.

Source: aget 0.4, SCTBench CB/aget-bug2: the resume file is written from offsets and a total
that do not belong together.

    worker               save
                         offsets [0, 0]
    offset[0] = 5
    total = 5
                         total 5, but the offsets add up to 0
"""

import threading


class Download:
    def __init__(self, workers):
        self.lock = threading.Lock()
        self.offsets = [0] * workers
        self.total = 0

    def fetch(self, worker):
        self.offsets[worker] += 5
        with self.lock:
            self.total += 5

    def save(self):
        offsets = list(self.offsets)
        with self.lock:
            total = self.total
        return sum(offsets), total


def test_saved_offsets_add_up_to_the_saved_total():
    download = Download(workers=2)
    threads = [threading.Thread(target=download.fetch, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    offsets, total = download.save()
    for thread in threads:
        thread.join()
    assert offsets == total
