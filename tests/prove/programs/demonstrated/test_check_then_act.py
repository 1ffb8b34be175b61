from check_then_act import Pool


def test_one_host_has_one_connection():
    pool = Pool()
    pool.warm_up(["db", "db"])
    first, second = pool.given
    assert first is second
