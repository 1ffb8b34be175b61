# file: listeners.py
listeners = []


def forget(listener):
    listeners.remove(listener)


async def tell(event):
    for place, listener in enumerate(listeners):  # here
        await listener(place, event)
