# file: sockets.py
async def receive(socket, convert):
    while True:
        try:
            return await socket.recv(100)
        except BaseException as error:
            convert(error)
