# file: response.py
# The shape of a response that is closed, whatever closing the stream does.
class Response:
    async def close(self):
        try:
            await self.flush()
        finally:
            try:
                await self.stream.close()
            finally:
                self.pool.release()
