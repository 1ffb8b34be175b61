import pkg.clock


def test_the_clock(monkeypatch):
    monkeypatch.setattr(pkg.clock, "now", lambda: 5)
    assert pkg.clock.now() == 5
