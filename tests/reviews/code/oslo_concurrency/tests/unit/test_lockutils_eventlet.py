#    Copyright 2011 Justin Santa Barbara
#
#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

import os
import tempfile
import threading

import eventlet
from eventlet import greenpool
from oslotest import base as test_base

from oslo_concurrency import lockutils


class TestFileLocks(test_base.BaseTestCase):
    def test_concurrent_green_lock_succeeds(self):
        """Verify spawn_n greenthreads with two locks run concurrently."""
        tmpdir = tempfile.mkdtemp()
        self.completed = False

        def locka(wait):
            a = lockutils.InterProcessLock(os.path.join(tmpdir, 'a'))
            with a:
                wait.wait()
            self.completed = True

        def lockb(wait):
            b = lockutils.InterProcessLock(os.path.join(tmpdir, 'b'))
            with b:
                wait.wait()

        wait1 = eventlet.event.Event()
        wait2 = eventlet.event.Event()
        pool = greenpool.GreenPool()
        pool.spawn_n(locka, wait1)
        pool.spawn_n(lockb, wait2)
        wait2.send()
        eventlet.sleep(0)
        wait1.send()
        pool.waitall()

        self.assertTrue(self.completed)


class TestReaderWriterLockEventlet(test_base.BaseTestCase):
    def test_first_lock_provides_mutual_exclusion_spawn_n(self):
        # Create a first lock to consume the _EVENTLET_CHECKED flag
        rw = lockutils.ReaderWriterLock()

        thread1_acquired = threading.Event()
        thread2_acquired = threading.Event()
        stop = threading.Event()
        self.addCleanup(stop.set)

        def acquire_write_lock(
            lock: lockutils.ReaderWriterLock, acquired: threading.Event
        ) -> None:
            lock.acquire_write_lock()
            acquired.set()
            stop.wait()
            lock.release_write_lock()

        eventlet.spawn_n(acquire_write_lock, rw, thread1_acquired)
        eventlet.spawn_n(acquire_write_lock, rw, thread2_acquired)
        t1_acquired = thread1_acquired.wait(1)
        t2_acquired = thread2_acquired.wait(1)
        self.assertFalse(t1_acquired and t2_acquired)

    def test_first_lock_provides_mutual_exclusion_spawn(self):
        # Create a first lock to consume the _EVENTLET_CHECKED flag
        rw = lockutils.ReaderWriterLock()

        thread1_acquired = threading.Event()
        thread2_acquired = threading.Event()
        stop = threading.Event()
        self.addCleanup(stop.set)

        def acquire_write_lock(
            lock: lockutils.ReaderWriterLock, acquired: threading.Event
        ) -> None:
            lock.acquire_write_lock()
            acquired.set()
            stop.wait()
            lock.release_write_lock()

        eventlet.spawn(acquire_write_lock, rw, thread1_acquired)
        eventlet.spawn(acquire_write_lock, rw, thread2_acquired)
        t1_acquired = thread1_acquired.wait(1)
        t2_acquired = thread2_acquired.wait(1)
        self.assertFalse(t1_acquired and t2_acquired)

    def test_second_lock_provides_mutual_exclusion_spawn_n(self):
        # NOTE(tkajinam): This test was added as a regression test for
        # https://bugs.launchpad.net/oslo.concurrency/+bug/2160596

        # Create a first lock to consume the _EVENTLET_CHECKED flag
        lockutils.ReaderWriterLock()
        # This second lock is the one affected by the bug 2160596
        rw = lockutils.ReaderWriterLock()

        thread1_acquired = threading.Event()
        thread2_acquired = threading.Event()
        stop = threading.Event()
        self.addCleanup(stop.set)

        def acquire_write_lock(
            lock: lockutils.ReaderWriterLock, acquired: threading.Event
        ) -> None:
            lock.acquire_write_lock()
            acquired.set()
            stop.wait()
            lock.release_write_lock()

        eventlet.spawn_n(acquire_write_lock, rw, thread1_acquired)
        eventlet.spawn_n(acquire_write_lock, rw, thread2_acquired)
        t1_acquired = thread1_acquired.wait(1)
        t2_acquired = thread2_acquired.wait(1)
        self.assertFalse(t1_acquired and t2_acquired)

    def test_second_lock_provides_mutual_exclusion_spawn(self):
        # NOTE(tkajinam): This test was added as a regression test for
        # https://bugs.launchpad.net/oslo.concurrency/+bug/2160596

        # Create a first lock to consume the _EVENTLET_CHECKED flag
        lockutils.ReaderWriterLock()
        # This second lock is the one affected by the bug 2160596
        rw = lockutils.ReaderWriterLock()

        thread1_acquired = threading.Event()
        thread2_acquired = threading.Event()
        stop = threading.Event()
        self.addCleanup(stop.set)

        def acquire_write_lock(
            lock: lockutils.ReaderWriterLock, acquired: threading.Event
        ) -> None:
            lock.acquire_write_lock()
            acquired.set()
            stop.wait()
            lock.release_write_lock()

        eventlet.spawn(acquire_write_lock, rw, thread1_acquired)
        eventlet.spawn(acquire_write_lock, rw, thread2_acquired)
        t1_acquired = thread1_acquired.wait(1)
        t2_acquired = thread2_acquired.wait(1)
        self.assertFalse(t1_acquired and t2_acquired)


class TestInternalLock(test_base.BaseTestCase):
    def _test_internal_lock_with_two_threads(self, fair, spawn):
        self.other_started = eventlet.event.Event()
        self.other_finished = eventlet.event.Event()

        def other():
            self.other_started.send('started')
            with lockutils.lock("my-lock", fair=fair):
                pass
            self.other_finished.send('finished')

        with lockutils.lock("my-lock", fair=fair):
            # holding the lock and starting another thread that also wants to
            # take it before finishes
            spawn(other)
            # let the other thread start
            self.other_started.wait()
            eventlet.sleep(0)
            # the other thread should not have finished as it would need the
            # lock we are holding
            self.assertIsNone(
                self.other_finished.wait(0.5),
                "Two threads was able to take the same lock",
            )

        # we released the lock, let the other thread take it and run to
        # completion
        result = self.other_finished.wait()
        self.assertEqual('finished', result)

    def test_lock_with_spawn(self):
        self._test_internal_lock_with_two_threads(
            fair=False, spawn=eventlet.spawn
        )

    def test_lock_with_spawn_n(self):
        self._test_internal_lock_with_two_threads(
            fair=False, spawn=eventlet.spawn_n
        )

    def test_fair_lock_with_spawn(self):
        self._test_internal_lock_with_two_threads(
            fair=True, spawn=eventlet.spawn
        )

    def test_fair_lock_with_spawn_n(self):
        self._test_internal_lock_with_two_threads(
            fair=True, spawn=eventlet.spawn_n
        )
