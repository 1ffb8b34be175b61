import threading
from unittest.mock import patch


def test_the_clock(service):
    def step():
        service.clock.now()

    thread = threading.Thread(target=step)
    thread.start()
    with patch("service.clock.now", return_value=5) as now:  # here
        thread.join()
    assert now.called
