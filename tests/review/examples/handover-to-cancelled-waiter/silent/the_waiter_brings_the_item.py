# file: stream.py
from anyio import Event


class Sender:
    async def send(self, item):
        event = Event()
        self.senders[event] = item
        try:
            await event.wait()
        finally:
            self.senders.pop(event, None)

    def receive(self):
        event, item = self.senders.popitem()
        event.set()
        return item
