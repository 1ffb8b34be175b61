import asyncio


async def test_it_gives_way(consumer):
    task = asyncio.create_task(consumer.run())
    await asyncio.sleep(0)
    assert consumer.has_begun
    await task
