import time


def test_it_is_fast(cache):
    began = time.perf_counter_ns()
    cache.get("key")
    took = time.perf_counter_ns() - began
    assert took < 5_000_000 and cache.hits == 1  # here
