# file: settings.py
class Session:
    timeout = 10

    async def slow_call(self, call):
        before = self.timeout
        self.timeout = 60
        try:
            return await call()
        finally:
            self.timeout = before
