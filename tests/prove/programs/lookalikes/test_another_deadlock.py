import threading

from another_deadlock import Clerk, audit, transfer


def test_all_of_it():
    entries, clerk = [], Clerk()
    threads = [
        threading.Thread(target=transfer, args=(entries, 5)),
        threading.Thread(target=audit, args=(entries,)),
        threading.Thread(target=clerk.sign),
        threading.Thread(target=clerk.sign),
        threading.Thread(target=clerk.wait_for_signature),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entries == [5]
