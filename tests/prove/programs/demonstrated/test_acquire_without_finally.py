import threading

from acquire_without_finally import Journal


def test_an_empty_line_is_refused_and_the_other_kept():
    journal, refused = Journal(), []

    def append_nothing():
        try:
            journal.append("")
        except ValueError:
            refused.append("")

    threads = [
        threading.Thread(target=journal.append, args=("one",)),
        threading.Thread(target=append_nothing),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (journal.lines, refused) == (["one"], [""])
