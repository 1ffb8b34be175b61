"""Locks that somebody outside the run holds, while a task waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racewright.kernel.scheduler import Kernel

if TYPE_CHECKING:
    from racewright.primitives.locks import Lock, RLock

__all__ = ["ForeignHolder", "watch"]


class ForeignHolder:
    """Watches real locks that somebody outside the run holds, while a task waits for them."""

    is_external = True

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.locks: list[Lock | RLock] = []

    def poll(self, seconds: float) -> bool:
        changed = False
        for lock in list(self.locks):
            real = lock._real
            if real.acquire(True, seconds) if seconds > 0 else real.acquire(False):
                real.release()
                self.locks.remove(lock)
                self.kernel.unlock(lock._mutex)
                changed = True
        if not self.locks and self in self.kernel.pollers:
            self.kernel.pollers.remove(self)
        return changed


def watch(kernel: Kernel, lock: Lock | RLock) -> None:
    """Ask from now on whether the holder of ``lock`` has given it back."""
    for poller in kernel.pollers:
        if isinstance(poller, ForeignHolder):
            poller.locks.append(lock)
            return
    watcher = ForeignHolder(kernel)
    watcher.locks.append(lock)
    kernel.pollers.append(watcher)
