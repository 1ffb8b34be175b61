from time import perf_counter as now


def test_a_timeout_is_kept(queue):
    began = now()
    queue.get(timeout=0.1)
    ended = now()
    assert 0.1 <= ended - began < 0.1 + 2 * 0.1  # here
