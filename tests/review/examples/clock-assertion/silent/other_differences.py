import time


def test_numbers(service):
    before = service.count()
    service.step()
    assert service.count() - before < 5
    stamp = time.time()
    assert stamp - service.made_at < 5
    assert service.timeout() < 5


def test_a_poll_with_a_deadline(service):
    deadline = time.monotonic() + 5
    while not service.is_ready():
        assert time.monotonic() < deadline


def test_a_thing_that_is_told(service):
    began = time.monotonic()
    took = time.monotonic() - began
    if took < 1:
        print("fast")
    assert service.report(took) is None
