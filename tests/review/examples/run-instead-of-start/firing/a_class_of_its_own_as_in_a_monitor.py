# file: service/monitor.py
# The kind: a daemon that keeps its threads in a list.
import threading


class Probe(threading.Thread):
    def __init__(self, host):
        super().__init__(daemon=True)
        self.host = host

    def run(self):
        self.host.ping()


def watch(hosts):
    probes = []
    for host in hosts:
        probe = Probe(host)
        probe.run()  # here
        probes.append(probe)
    return probes
