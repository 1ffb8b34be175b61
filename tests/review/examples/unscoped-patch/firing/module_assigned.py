import pkg.clock


def test_the_clock():
    pkg.clock.now = lambda: 5  # here
    assert pkg.clock.now() == 5
