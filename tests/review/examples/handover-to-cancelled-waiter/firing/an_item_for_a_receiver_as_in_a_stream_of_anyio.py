# file: stream.py
# The shape of a stream in memory that puts an item into the container of one receiver.
from anyio import Event


class Receiver:
    async def receive(self):
        event = Event()
        container = []
        self.state.receivers[event] = container
        try:
            await event.wait()  # here
        finally:
            self.state.receivers.pop(event, None)
        return container[0]


class Sender:
    def send(self, item):
        if self.state.receivers:
            event, container = self.state.receivers.popitem()
            container.append(item)
            event.set()
