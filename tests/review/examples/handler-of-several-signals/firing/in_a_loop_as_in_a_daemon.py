# file: service/daemon.py
# As a daemon removes its pid file, for whichever signal ends it.
import os
import signal
import sys


class Daemon:
    def start(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.on_signal)

    def on_signal(self, number, frame):
        self.clean_up()
        sys.exit(0)

    def clean_up(self):
        os.unlink(self.pid_file)  # here
