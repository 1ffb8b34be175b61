import threading

import publish_before_initialised as registry


def test_a_kind_is_known_to_whoever_asks():
    registry.initialised = False
    registry.kinds.clear()
    known = []

    def ask():
        known.append(registry.kind_of("a"))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert known == [1, 1]
