# file: service/weather.py
import json

import redis.asyncio
from service.stations import ask

client = redis.asyncio.Redis()


async def weather(city):
    name = "weather:" + city
    kept = await client.get(name)  # here
    if kept is None:
        kept = json.dumps(await ask(city))
        await client.set(name, kept, ex=60)
    return json.loads(kept)
