def test_a_closed_queue_does_not_wait(close):
    assert close() is None


program = test_a_closed_queue_does_not_wait
