"""An event is cancelled, or found to be gone, in one step.

Safe: `cancel` removes the event under the scheduler's lock or raises ValueError, and the runner
removes it under the same lock; just one of them succeeds.
"""

import sched
import threading


def test_event_is_run_or_cancelled():
    scheduler = sched.scheduler(timefunc=lambda: 1, delayfunc=lambda delay: None)
    outcome = []
    event = scheduler.enterabs(0, 1, outcome.append, ("run",))
    runner = threading.Thread(target=scheduler.run, kwargs={"blocking": False})
    runner.start()
    try:
        scheduler.cancel(event)
    except ValueError:
        pass  # it runs, or has run
    else:
        outcome.append("cancelled")
    runner.join()
    assert len(outcome) == 1
