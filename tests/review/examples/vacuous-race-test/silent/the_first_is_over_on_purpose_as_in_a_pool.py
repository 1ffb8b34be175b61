# One thread is over before the others race: only they are the test.
import asyncio
import threading


def test_concurrent_gets_after_a_warm_up(pool):
    warm = threading.Thread(target=pool.fill)
    warm.start()
    warm.join()
    one = threading.Thread(target=pool.get)
    two = threading.Thread(target=pool.get)
    one.start()
    two.start()
    one.join()
    two.join()
    assert pool.is_whole


def test_a_race_with_one_that_has_ended(pool):
    thread = threading.Thread(target=pool.close)
    thread.start()
    thread.join()
    assert pool.get() is None


async def test_concurrent_tasks(pool):
    async def get():
        async with pool:
            return 1

    async def put():
        pool.put(1)

    await asyncio.gather(get(), get())
    await asyncio.gather(get(), put())
    await asyncio.gather(pool.get(), put())


def make(store):
    def run():
        store.fill()

    return run


def test_parallel_fills(store):
    one, two = threading.Thread(target=make(store)), threading.Thread(target=make(store))
    one.start()
    two.start()
    one.join()
    two.join()
