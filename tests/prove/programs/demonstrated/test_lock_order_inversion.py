import threading

from lock_order_inversion import audit, transfer


def test_an_audit_may_come_at_any_time():
    entries = [1]
    threads = [
        threading.Thread(target=transfer, args=(entries, 5)),
        threading.Thread(target=audit, args=(entries,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entries == [1, 5]
