"""Two threads count words, each in a dict of its own, merged after both have ended.

Safe: nothing is shared while the threads run; `join` orders their writes before the merge.
"""

import threading


def count_words(counts, words):
    for word in words:
        counts[word] = counts.get(word, 0) + 1


def test_every_word_is_counted():
    partial_counts = [{}, {}]
    threads = [
        threading.Thread(target=count_words, args=(counts, ["tea"])) for counts in partial_counts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts["tea"] for counts in partial_counts) == 2
