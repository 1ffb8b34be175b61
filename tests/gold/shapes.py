"""One exploration for each shape that a report can have, made by hand."""

from __future__ import annotations

from racewright.model.execution import (
    Event,
    Execution,
    Exploration,
    Failure,
    Found,
    Frame,
    HeldLock,
    Outcome,
    TaskState,
    fingerprint_of,
)
from racewright.model.schedule import Deviation, Schedule

BANK = {
    8: "account = Account(100)",
    14: "balance = self.balance",
    15: "self.balance = balance - amount",
    20: "first.start()",
    21: "second.start()",
    22: "first.join()",
    23: "second.join()",
    24: "assert account.balance == 80",
}


class Trace:
    """Events as they happen; a change of task is a switch, a forced one a preemption."""

    def __init__(self, file: str, lines: dict[int, str], function: str) -> None:
        self.file, self.lines, self.function = file, lines, function
        self.events: list[Event] = []

    def add(
        self,
        task: int,
        kind: str,
        resource: str,
        line: int,
        value: str = "",
        *,
        preempt: bool = False,
        matters: bool = True,
        times: int = 1,
    ) -> None:
        for _ in range(times):
            last = self.events[-1].task if self.events else task
            self.events.append(
                Event(
                    step=len(self.events) + 1,
                    task=task,
                    kind=kind,
                    resource=resource,
                    file=self.file if line else "",
                    line=line,
                    function=self.function if line else "",
                    text=self.lines.get(line, ""),
                    value=value,
                    is_switch=last != task,
                    is_preemption=preempt,
                    matters=matters,
                )
            )


def found(
    failure: Failure,
    trace: Trace | None,
    tasks: tuple[str, ...],
    deviations: tuple[Deviation, ...] = (),
    *,
    number: int = 3,
    outcome: Outcome = Outcome.FAILED,
    delay: float | None = None,
) -> Found:
    schedule = Schedule(
        "target", deviations=deviations, tasks=tasks, timeout_dependent=delay, outcome=outcome.value
    )
    execution = Execution(
        outcome, schedule, failure, tasks=len(tasks), events=tuple(trace.events) if trace else ()
    )
    name = f".racewright/{failure.fingerprint[:8]}.schedule"
    return Found(failure, execution, number, name, "pct")


def failed(target: str, *founds: Found, executions: int = 3, traces: int = 2) -> Exploration:
    return Exploration(target, "failed", executions, traces, 0.0123, 3, 14, 5, failures=founds)


def bank_trace() -> Trace:
    trace = Trace("examples/bank.py", BANK, "withdraw")
    trace.add(0, "spawn", "first", 20, matters=False)
    trace.add(0, "spawn", "second", 21, matters=False)
    trace.add(0, "join", "first", 22, matters=False)
    trace.add(1, "begin", "first", 0, matters=False)
    trace.add(1, "read", ".balance", 14, "100")
    trace.add(2, "begin", "second", 0, matters=False, preempt=True)
    trace.add(2, "read", ".balance", 14, "100")
    trace.add(2, "write", ".balance", 15, "90")
    trace.add(2, "end", "second", 0, matters=False)
    trace.add(1, "write", ".balance", 15, "90")
    trace.add(1, "end", "first", 0, matters=False)
    trace.add(0, "join", "second", 23, matters=False)
    trace.add(0, "read", ".balance", 24, "90")
    return trace


def lost_update(message: str = "assert 90 == 80") -> Exploration:
    failure = Failure(
        "assertion",
        message,
        fingerprint_of("assertion", "examples/bank.py:24"),
        "examples/bank.py:24 test_withdraw",
    )
    deviations = (Deviation(1, 2, 2, site="examples/bank.py:15 withdraw"),)
    return failed(
        "examples/bank.py",
        found(failure, bank_trace(), ("main", "first", "second"), deviations),
    )


def deadlock() -> Exploration:
    lines = {30: "with source.lock:", 31: "with destination.lock:", 40: "one.join()"}
    trace = Trace("src/bank/transfer.py", lines, "transfer")
    trace.add(0, "spawn", "worker-1", 38, matters=False)
    trace.add(0, "spawn", "worker-2", 39, matters=False)
    trace.add(1, "acquire", "Lock#1 (transfer.py:14)", 30)
    trace.add(2, "acquire", "Lock#2 (transfer.py:14)", 30, preempt=True)
    place = ("src/bank/transfer.py", 31, "transfer", "with destination.lock:")
    tasks = (
        TaskState(
            0,
            "main",
            "blocked",
            doing="joins worker-1",
            waits_for=1,
            stack=(Frame("src/bank/transfer.py", 40, "test_transfer", "one.join()"),),
        ),
        TaskState(
            1,
            "worker-1",
            "blocked",
            doing="acquires Lock#2 (transfer.py:14)",
            waits_for=2,
            holds=(HeldLock("Lock#1 (transfer.py:14)", "src/bank/transfer.py:30 transfer"),),
            stack=(Frame(*place),),
        ),
        TaskState(
            2,
            "worker-2",
            "blocked",
            doing="acquires Lock#1 (transfer.py:14)",
            waits_for=1,
            holds=(HeldLock("Lock#2 (transfer.py:14)", "src/bank/transfer.py:30 transfer"),),
            stack=(Frame(*place),),
        ),
    )
    failure = Failure(
        "deadlock",
        "worker-1 and worker-2 wait for one another",
        fingerprint_of("deadlock", "transfer.py:31"),
        tasks=tasks,
    )
    deviations = (Deviation(1, 2, 2, site="src/bank/transfer.py:31 transfer"),)
    return failed(
        "tests/test_transfer.py::test_transfer",
        found(
            failure,
            trace,
            ("main", "worker-1", "worker-2"),
            deviations,
            number=7,
            outcome=Outcome.DEADLOCKED,
        ),
        executions=20,
        traces=11,
    )


def lost_wakeup() -> Exploration:
    trace = Trace(
        "queue_of_one.py", {12: "self.changed.wait()", 20: "self.changed.notify()"}, "put"
    )
    trace.add(2, "notify", "Condition#1", 20)
    trace.add(1, "wait", "Condition#1", 12, preempt=True)
    tasks = (
        TaskState(0, "main", "finished"),
        TaskState(
            1,
            "consumer",
            "blocked",
            doing="waits for Condition#1 (queue_of_one.py:5)",
            stack=(Frame("queue_of_one.py", 12, "get", "self.changed.wait()"),),
        ),
    )
    failure = Failure(
        "deadlock", "consumer waits, and nobody is left to wake it", "0123456789ab", tasks=tasks
    )
    return failed(
        "tests/test_queue.py::test_get",
        found(failure, trace, ("main", "consumer", "producer"), (Deviation(2, 1, 1),), delay=2.0),
    )


def livelock() -> Exploration:
    lines = {5: "while other.wants:", 6: "me.wants = False", 7: "me.wants = True"}
    trace = Trace("polite.py", lines, "enter")
    for _ in range(40):
        for task in (1, 2):
            trace.add(task, "read", ".wants", 5, "True")
            trace.add(task, "write", ".wants", 6, "False")
            trace.add(task, "write", ".wants", 7, "True")
    failure = Failure(
        "livelock",
        "no task finished in 100,000 steps",
        fingerprint_of("livelock", "polite.py"),
        "polite.py:5 enter",
        cycle=(
            "a reads .wants at polite.py:5 enter",
            "a writes .wants at polite.py:6 enter",
            "b reads .wants at polite.py:5 enter",
            "b writes .wants at polite.py:6 enter",
        ),
    )
    return failed(
        "tests/test_polite.py::test_enter",
        found(failure, trace, ("main", "a", "b"), outcome=Outcome.LIVELOCKED),
    )


def unhandled_exception() -> Exploration:
    lines = {9: "if key in self.entries:", 10: "return self.entries.pop(key)"}
    trace = Trace("cache.py", lines, "take")
    trace.add(1, "read", ".entries['a']", 9)
    trace.add(2, "read", ".entries['a']", 9, preempt=True)
    trace.add(2, "write", ".entries['a']", 10)
    trace.add(1, "read", ".entries['a']", 10)
    failure = Failure(
        "unhandled-exception",
        "KeyError: 'a'",
        fingerprint_of("unhandled-exception", "cache.py:10"),
        "cache.py:10 take",
        task="Thread-1 (take)",
        traceback='  File "cache.py", line 30, in body\n    cache.take("a")\n'
        "  File \"cache.py\", line 10, in take\n    return self.entries.pop(key)\nKeyError: 'a'\n",
    )
    return failed(
        "tests/test_cache.py::test_take",
        found(
            failure, trace, ("main", "Thread-1 (take)", "Thread-2 (take)"), (Deviation(1, 1, 2),)
        ),
    )


def five_tasks() -> Exploration:
    lines = {3: "value = counter.value", 4: "counter.value = value + 1", 9: "log.append(item)"}
    trace = Trace("counter.py", lines, "work")
    for task in range(1, 5):
        trace.add(0, "spawn", f"worker-{task}", 20, matters=False)
    trace.add(1, "read", ".value", 3, "0")
    trace.add(2, "put", "Queue#1", 9, matters=False, times=41, preempt=False)
    trace.add(2, "read", ".value", 3, "0")
    trace.add(3, "get", "Queue#1", 9, matters=False, times=7)
    trace.add(4, "get", "Queue#1", 9, matters=False, times=12)
    trace.add(4, "write", ".value", 4, "1", times=15)
    trace.add(1, "write", ".value", 4, "1", preempt=True)
    trace.add(0, "read", ".value", 25, "1")
    failure = Failure(
        "assertion", "assert 1 == 4", "55aa55aa55aa", "counter.py:25 test_counter", task="main"
    )
    tasks = ("main", "worker-1", "worker-2", "worker-3", "worker-4")
    return failed(
        "tests/test_counter.py::test_counter",
        found(failure, trace, tasks, (Deviation(4, 15, 1),), number=120),
        executions=1200,
        traces=871,
    )


def markup() -> Exploration:
    lines = {1: "print('[bold]x[/bold] :smile: [link=http://x]')"}
    trace = Trace("[red]dir/x[0].py", lines, "[i]f")
    trace.add(0, "write", "['[bold]']", 1, "'[/]'")
    trace.add(1, "read", "['[bold]']", 1, "\x1b[31mred\x07", preempt=True)
    failure = Failure(
        "exception",
        "ValueError: [bold]not bold[/bold] \\[escaped] :warning:\n\x1b]0;title\x07 \u202eesrever",
        "abcdefabcdef",
        "x[0].py:1 [i]f",
        traceback='  File "x[0].py", line 1, in [i]f\n    print("[/nothing]")\n',
    )
    return failed("x.py::test[[bold]]", found(failure, trace, ("main", "[b]task[/b]")))


def long_lines() -> Exploration:
    lines = {
        1: "result = some_function(" + ", ".join(f"argument_{n}=value_{n}" for n in range(30)) + ")"
    }
    trace = Trace("a/very/deep/path/to/" + "module_" * 8 + ".py", lines, "function_" * 10)
    trace.add(0, "write", "." + "attribute_" * 12, 1, "x" * 300)
    trace.add(1, "read", "." + "attribute_" * 12, 1, "x" * 300, preempt=True)
    failure = Failure(
        "assertion",
        "assert [" + ", ".join(map(str, range(2000))) + "] == []\n" + "\n".join(["more"] * 50),
        "1111aaaa2222",
        "a/very/deep/path/to/" + "module_" * 8 + ".py:1 f",
    )
    return failed(
        "tests/" + "very_" * 20 + "long.py::test", found(failure, trace, ("main", "thread-" * 9))
    )


def unicode() -> Exploration:
    lines = {3: "größe = 口座.残高", 4: "口座.残高 = größe - 10  # 🏦"}
    trace = Trace("銀行.py", lines, "引き出す")
    trace.add(1, "read", ".残高", 3, "'１００円'")
    trace.add(2, "read", ".残高", 3, "'e\u0301'", preempt=True)
    trace.add(2, "write", ".残高", 4, "'👩\u200d👩\u200d👧'")
    trace.add(1, "write", ".残高", 4, "'\udc80'")
    failure = Failure("assertion", "assert '９０円' == '８０円'", "99ff99ff99ff", "銀行.py:9 试验")
    return failed(
        "tests/銀行.py::试验",
        found(failure, trace, ("main", "作業者一", "作業者二"), (Deviation(1, 1, 2),)),
    )


def many_tasks() -> Exploration:
    trace = Trace("swarm.py", {2: "total += 1"}, "bee")
    for task in range(1, 31):
        trace.add(task, "write", "total", 2, str(task % 7), preempt=task % 5 == 0)
    failure = Failure(
        "assertion", "assert 23 == 30", "77aa77aa77aa", "swarm.py:9 test_swarm", "bee-30"
    )
    tasks = ("main", *(f"bee-{number}" for number in range(1, 31)))
    return failed("tests/test_swarm.py::test_swarm", found(failure, trace, tasks))


def two_failures() -> Exploration:
    first, second = lost_update().failures[0], deadlock().failures[0]
    return Exploration(
        "tests/test_bank.py::test_all",
        "failed",
        64,
        40,
        72.5,
        failures=(first, second),
        uncontrolled=("socket.recv at net.py:14 fetch",),
        notes=("the budget of 64 executions was used up",),
        interrupted=True,
    )


def without_events() -> Exploration:
    failure = Failure("crashed", "the interpreter died: signal 11 (SIGSEGV)", "cc00cc00cc00")
    deviations = (
        Deviation(1, 3, 2, site="bank.py:14 transfer"),
        Deviation(2, 9, 0, is_preemption=False),
    )
    return failed("tests/test_c.py::test_c", found(failure, None, ("main", "w1", "w2"), deviations))


def passed() -> Exploration:
    return Exploration(
        "tests/test_queue.py::test_put",
        "passed",
        500,
        312,
        1.2,
        3,
        4812,
        96,
        strategies={"random-walk": 250, "pct": 150, "pos": 100},
        uncontrolled=(
            "2 calls of socket.recv at client.py:88 fetch",
            "the thread 'grpc-poller', started before the test",
        ),
        notes=("hash seed 0 was set, and python started again",),
        reason="the budget of 500 executions was used up",
    )


def exhausted() -> Exploration:
    return Exploration(
        "tests/test_flag.py::test_set",
        "passed",
        22,
        22,
        0.031,
        2,
        9,
        6,
        is_exhausted=True,
        bound="at most 2 preemptions",
        strategies={"dpor": 22},
    )


def inconclusive() -> Exploration:
    return Exploration(
        "tests/test_math.py::test_add",
        "inconclusive",
        1,
        1,
        0.002,
        1,
        0,
        reason="no two tasks were ever able to run at one time: the test starts no thread",
    )


def fails_without_race() -> Exploration:
    failure = Failure(
        "assertion",
        "assert 3 == 4",
        "333333333333",
        "tests/test_math.py:4 test_sum",
        traceback='  File "tests/test_math.py", line 4, in test_sum\n    assert 3 == 4\n',
    )
    return Exploration(
        "tests/test_math.py::test_sum",
        "fails-without-race",
        1,
        1,
        0.002,
        1,
        failures=(Found(failure, Execution(Outcome.FAILED, Schedule("t"), failure), 1),),
    )


def error() -> Exploration:
    return Exploration(
        "tests/test_gone.py::test_x",
        "error",
        0,
        0,
        0.0,
        reason="tests/test_gone.py: no such file\nTo list what can be explored:  racewright list",
    )


SHAPES: dict[str, tuple[list[Exploration], int]] = {
    "lost_update": ([lost_update()], 80),
    "lost_update_wide": ([lost_update()], 120),
    "lost_update_narrow": ([lost_update()], 60),
    "deadlock": ([deadlock()], 80),
    "deadlock_narrow": ([deadlock()], 60),
    "lost_wakeup": ([lost_wakeup()], 80),
    "livelock": ([livelock()], 80),
    "unhandled_exception": ([unhandled_exception()], 80),
    "five_tasks": ([five_tasks()], 80),
    "five_tasks_narrow": ([five_tasks()], 60),
    "many_tasks": ([many_tasks()], 80),
    "markup": ([markup()], 80),
    "long_lines": ([long_lines()], 80),
    "unicode": ([unicode()], 80),
    "two_failures": ([two_failures()], 100),
    "without_events": ([without_events()], 80),
    "passed": ([passed()], 80),
    "exhausted": ([exhausted()], 80),
    "inconclusive": ([inconclusive()], 80),
    "fails_without_race": ([fails_without_race()], 80),
    "error": ([error()], 80),
    "several": ([lost_update(), passed(), exhausted(), inconclusive()], 80),
}
