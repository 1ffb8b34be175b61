"""A test that has ``time.sleep`` replaced."""

import threading
import time
from unittest import mock


def test_ends():
    with mock.patch("time.sleep") as sleep:
        threads = [threading.Thread(target=lambda: time.sleep(5)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sleep.mock_calls == [mock.call(5), mock.call(5)]
