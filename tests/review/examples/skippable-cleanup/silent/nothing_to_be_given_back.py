# file: report.py
class Report:
    async def write(self, stream, text):
        try:
            await stream.write(text)
        finally:
            await stream.flush()
            self.log.info("written")

    def write_now(self, stream, text):
        try:
            stream.write(text)
        finally:
            stream.flush()
            self.busy = False
