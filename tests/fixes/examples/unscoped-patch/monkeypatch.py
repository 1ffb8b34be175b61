import service


def fake():
    return 5


def test_the_clock_is_asked(monkeypatch, other):
    service.clock.now = fake
    assert other.time() == 5


def test_without(other):
    service.clock.today = fake  # five
    assert other.time() == 5
