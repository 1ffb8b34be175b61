import threading


def test_two_at_once(service):
    calls = 0

    def work():
        nonlocal calls
        service.ask()
        calls += 1  # here

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == 2
