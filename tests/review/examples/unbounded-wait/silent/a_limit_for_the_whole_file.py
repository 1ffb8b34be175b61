import threading

import pytest

pytestmark = pytest.mark.timeout(30)


def test_it(server):
    ready = threading.Event()
    server.start(ready)
    ready.wait()
