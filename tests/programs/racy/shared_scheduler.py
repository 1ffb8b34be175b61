"""An event that was still in the queue is cancelled after another thread has run it.

Source: Python-native, sched.scheduler.

    main                            runner
    event in scheduler.queue? yes
                                    pops the event, runs it
    scheduler.cancel(event):
    ValueError
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
        if event in scheduler.queue:
            scheduler.cancel(event)
            outcome.append("cancelled")
    finally:
        runner.join()
    assert len(outcome) == 1
