"""Running free where eventlet or gevent have patched ``threading``: a held greenlet lets the
others run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

PATCH = {
    "eventlet": """
import warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
spawn = eventlet.spawn
def wait(task):
    return task.wait()
""",
    "gevent": """
from gevent import monkey
monkey.patch_all()
import gevent
spawn = gevent.spawn
def wait(task):
    return task.get()
""",
}

PROGRAM = """
import sys
import threading

from racewright import after, before, scenario
from racewright.errors import OrderNotReached


class Account:
    def __init__(self):
        self.balance = 100
        self.lock = threading.Lock()

    def read(self):
        return self.balance

    def write(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.write(self.read() - amount)

    def locked(self, amount):
        with self.lock:
            self.withdraw(amount)


def in_threads(method):
    threads = [
        threading.Thread(target=method, args=(amount,), name=name)
        for name, amount in (("a", 10), ("b", 20))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_greenlets(method):
    for task in [spawn(method, 10), spawn(method, 20)]:
        wait(task)


account = Account()
with scenario(
    after(Account.read, task="b"), after(Account.read, task="a"),
    before(Account.write, task="a"), before(Account.write, task="b"),
) as asked:
    in_threads(account.withdraw)
assert account.balance == 80, account.balance
assert [event.task for event in asked.events if event.what != "held"] == ["b", "a", "a", "b"]

account = Account()
with scenario(
    after(Account.read), after(Account.read),
    before(Account.write, where=lambda balance: balance == 80),
    after(Account.write, where=lambda balance: balance == 80),
    before(Account.write, where=lambda balance: balance == 90),
):
    in_greenlets(account.withdraw)
assert account.balance == 90, account.balance

for run in (in_threads, in_greenlets):
    account = Account()
    order = (after(Account.read), after(Account.read, nth=2), before(Account.write))
    asked = scenario(*order, within=0.2)
    try:
        with asked:
            run(account.locked)
    except OrderNotReached as error:
        (held,) = [task for task in error.tasks if task.state == "held"]
        assert held.stack[-1].text == "self.write(self.read() - amount)", held
        waiting = [
            task for task in error.tasks
            if any(frame.text == "with self.lock:" for frame in task.stack)
        ]
        assert len(waiting) == 1, error
        assert waiting[0].name != held.name
    else:
        raise AssertionError("the lock should have made it impossible")
    assert account.balance == 70, account.balance
    with scenario(*order, within=0.2, impossible=True):
        run(Account().locked)
from racewright.interpose.wrapping import in_place
assert in_place() == ()
print("all was well")
"""


@pytest.mark.parametrize("library", ["eventlet", "gevent"])
def test_an_order_is_held_to_and_given_up_among_green_threads(library: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    file = tmp_path / "program.py"
    file.write_text(PATCH[library] + PROGRAM)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "all was well\n"), done.stderr
