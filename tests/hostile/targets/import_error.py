"""A module that cannot be imported."""

import there_is_no_such_module


def test_ends():
    there_is_no_such_module.run()
