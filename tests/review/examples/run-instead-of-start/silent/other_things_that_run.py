# file: service/main.py
import asyncio
import subprocess
import threading


class Runner:
    def run(self):
        return 1


def main(application, work):
    Runner().run()
    application.run()
    subprocess.run(["true"], check=True)
    asyncio.run(work())
    thread = threading.Thread(target=work)
    thread.start()
    thread = application.thread()
    thread.run()
