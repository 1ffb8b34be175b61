"""Not Python."""

def test_ends(:
    pass
