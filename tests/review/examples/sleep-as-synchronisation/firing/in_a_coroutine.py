import asyncio


async def test_the_consumer_takes_it(queue, consumer):
    task = asyncio.create_task(consumer.run())
    await queue.put(1)
    await asyncio.sleep(0.1)  # here
    assert queue.empty()
    task.cancel()
