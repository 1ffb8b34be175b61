# file: pump.py
async def pump(source, sink, log):
    while True:
        try:
            await sink.send(await source.receive())
        except ValueError:
            pass
        except BaseException as error:  # here
            log.warning("lost: %s", error)
