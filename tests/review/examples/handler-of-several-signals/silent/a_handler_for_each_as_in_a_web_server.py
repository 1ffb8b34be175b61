# file: service/server.py
# As web servers do: each signal has its own, and the one for all sets a flag.
import os
import signal


class Server:
    def install(self):
        signal.signal(signal.SIGUSR1, self.on_usr1)
        signal.signal(signal.SIGTERM, self.on_term)
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self.on_any)

    def on_usr1(self, number, frame):
        os.rename(self.log, self.log + ".1")

    def on_term(self, number, frame):
        os.remove(self.pid_file)
        raise SystemExit

    def on_any(self, number, frame):
        self.is_stopped = True


def nothing(number, frame):
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    os.remove("/run/service.pid")


signal.signal(signal.SIGINT, nothing)
signal.signal(signal.SIGTERM, nothing)
