from inconsistent_lock import Buffer


def test_no_line_is_lost():
    buffer = Buffer()
    taken = buffer.start()
    assert [*taken, *buffer.lines] == ["one"]
