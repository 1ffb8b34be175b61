"""Explorations of every kind, with every text that a program could put into one."""

from __future__ import annotations

from hypothesis import strategies as st

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
)
from racewright.model.operation import KINDS
from racewright.model.schedule import Deviation, Schedule

__all__ = ["explorations"]

texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(["", "[bold]x[/]", "[/]", "\x1b[31m", "\ud800", "]]>", "<&>", "a\nb", "銀行"]),
)
long_texts = texts | st.builds(lambda text, times: text * times, texts, st.integers(1, 80))
small = st.integers(0, 6)
floats = st.floats()
frames = st.builds(Frame, texts, small, texts, texts)
locks = st.builds(HeldLock, texts, texts)
tasks = st.builds(
    TaskState,
    index=small,
    name=texts,
    state=st.sampled_from(["blocked", "finished", "runnable"]),
    doing=texts | st.sampled_from(["acquires Lock#1 (a.py:1)", "waits for Event#1", "joins"]),
    waits_for=st.none() | small,
    holds=st.lists(locks, max_size=2).map(tuple),
    stack=st.lists(frames, max_size=2).map(tuple),
)
events = st.builds(
    Event,
    step=st.integers(0, 10**9),
    task=small,
    kind=st.sampled_from(sorted(KINDS)) | texts,
    resource=long_texts,
    file=texts,
    line=small,
    function=texts,
    text=long_texts,
    value=long_texts,
    clock=floats,
    is_switch=st.booleans(),
    is_preemption=st.booleans(),
    matters=st.booleans(),
)
failures = st.builds(
    Failure,
    kind=st.sampled_from(["assertion", "deadlock", "exception", "livelock", "stall"]) | texts,
    message=long_texts,
    fingerprint=texts,
    site=texts,
    task=texts,
    traceback=long_texts,
    tasks=st.lists(tasks, max_size=4).map(tuple),
    cycle=st.lists(texts, max_size=3).map(tuple),
)
schedules = st.builds(
    Schedule,
    target=texts,
    deviations=st.lists(
        st.builds(Deviation, small, small, small, st.booleans(), floats, texts), max_size=3
    ).map(tuple),
    tasks=st.lists(texts, max_size=5).map(tuple),
    timeout_dependent=st.none() | floats,
)
executions = st.builds(
    Execution,
    outcome=st.sampled_from(Outcome),
    schedule=schedules,
    events=st.lists(events, max_size=12).map(tuple),
)
found = st.builds(
    Found,
    failure=failures,
    execution=executions,
    number=small,
    schedule_file=texts,
    strategy=texts,
)
explorations = st.builds(
    Exploration,
    target=texts,
    outcome=st.sampled_from(["failed", "passed", "inconclusive", "fails-without-race", "error"])
    | texts,
    executions=small,
    distinct_traces=small,
    seconds=floats,
    failures=st.lists(found, max_size=2).map(tuple),
    uncontrolled=st.lists(texts, max_size=10).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    reason=long_texts,
    strategies=st.dictionaries(texts, small, max_size=2),
    is_exhausted=st.booleans(),
    bound=texts,
    interrupted=st.booleans(),
)
