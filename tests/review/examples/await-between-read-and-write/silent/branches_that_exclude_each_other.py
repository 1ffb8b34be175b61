# file: transfer.py
class Transfer:
    def __init__(self):
        self.sent = 0

    async def send(self, stream, data):
        before = self.sent
        if data.is_long:
            await stream.send_in_parts(data)
        else:
            self.sent = before + 1

    async def flush(self, stream):
        before = self.sent
        if stream.is_closing():
            await stream.wait_closed()
            return
        self.sent = before + len(stream.queue)
