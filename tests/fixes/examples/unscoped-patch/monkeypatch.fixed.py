import service
import unittest.mock


def fake():
    return 5


def test_the_clock_is_asked(monkeypatch, other):
    monkeypatch.setattr(service.clock, "now", fake)
    assert other.time() == 5


def test_without(other):
    with unittest.mock.patch.object(service.clock, "today", fake):  # five
        assert other.time() == 5
