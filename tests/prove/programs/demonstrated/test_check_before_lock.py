import threading

from check_before_lock import Service


def test_one_client_is_made():
    service = Service()
    threads = [threading.Thread(target=service.get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.made == 1
