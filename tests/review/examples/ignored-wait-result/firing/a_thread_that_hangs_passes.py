import threading


def test_a_pool_can_be_closed_twice(pool):
    thread = threading.Thread(target=pool.close)
    thread.start()
    pool.close()
    thread.join(10)  # here
