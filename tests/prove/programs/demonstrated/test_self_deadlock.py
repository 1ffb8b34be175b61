from self_deadlock import Registry


def test_the_old_entry_is_given_back():
    registry = Registry()
    assert registry.replace("one", 1) is None
    assert registry.replace("one", 2) == 1
