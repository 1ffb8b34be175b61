# file: loops.py
# The shape of a repeated task that calls a hook of its user when it ends.
class Loop:
    async def run(self):
        try:
            while await self.step():
                pass
        finally:
            await self._call("after_loop")  # here
            self._is_being_cancelled = False
