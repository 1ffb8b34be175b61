import asyncio


async def test_concurrent_gets_make_one(pool):
    made = []

    async def get():
        made.append(pool.get())

    await asyncio.gather(get(), get())  # here
    assert len(made) == 2


async def test_parallel_puts(pool):
    async def put(number):
        pool.put(number)

    await asyncio.gather(*[put(number) for number in range(5)])  # here
    assert len(pool) == 5
