"""Two threads count words in one dict; one count is lost.

Source: Python-native; `counts[word] = counts.get(word, 0) + 1` is in every tutorial.

    first                    second
    counts.get("tea") 0
                             counts.get("tea") 0
                             counts["tea"] = 1
    counts["tea"] = 1
                                                  1, not 2
"""

import threading


def count_words(counts, words):
    for word in words:
        counts[word] = counts.get(word, 0) + 1


def test_every_word_is_counted():
    counts = {}
    threads = [
        threading.Thread(target=count_words, args=(counts, ["tea"])),
        threading.Thread(target=count_words, args=(counts, ["tea"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == {"tea": 2}
