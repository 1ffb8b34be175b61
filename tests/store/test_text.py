"""The text of a schedule file: exact both ways, and whatever the bytes, never a traceback."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racewright import store
from racewright.errors import ScheduleFileError
from racewright.model.schedule import Deviation, Schedule, Step

#: The same examples on every run and every machine.
steady = settings(deadline=None, derandomize=True, max_examples=300)

#: Any code points, lone surrogates too, and often what the grammar itself is made of.
texts = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.text(st.sampled_from('at "\\:;,()\n\r\t end\x00\u2028\ud800\udc00é')),
    st.sampled_from(["", " ", "at", " at ", '"', "\\", "end", "steps:", "deviations:", "task: x"]),
)
numbers = st.integers()
seconds = st.floats(allow_nan=False)
deviations = st.builds(
    Deviation,
    task=numbers,
    operation=numbers,
    chosen=numbers,
    is_preemption=st.booleans(),
    waits=seconds,
    site=texts,
)
steps = st.builds(Step, task=numbers, kind=texts, resource=texts, site=texts)
schedules = st.builds(
    Schedule,
    target=texts,
    deviations=st.lists(deviations, max_size=4).map(tuple),
    steps=st.lists(steps, max_size=4).map(tuple),
    tasks=st.lists(texts, max_size=4).map(tuple),
    switches=numbers,
    length=numbers,
    trace_digest=texts,
    outcome=texts,
    message=texts,
    fingerprint=texts,
    timeout_dependent=st.none() | seconds,
    runner=texts,
    seed=numbers,
    hash_seed=texts,
    clock=texts,
    epoch=seconds,
    slack=seconds,
    carrier=texts,
    max_steps=numbers,
    instrument=st.lists(texts, max_size=2).map(tuple),
    root=texts,
    arguments=st.lists(texts, max_size=2).map(tuple),
    python=texts,
    semantics=numbers,
    created_by=texts,
    mutant=texts,
)

BANK = Schedule(
    target="tests/test_bank.py::test_transfer",
    deviations=(
        Deviation(1, 3, 2, site="bank.py:14 transfer"),
        Deviation(2, 9, 0, is_preemption=False, waits=2.5),
    ),
    steps=(
        Step(1, "read", ".balance", "bank.py:14 transfer"),
        Step(2, "try-acquire", "Lock#1 (bank.py:3)", "bank.py:15 transfer"),
    ),
    tasks=("main", "worker-1", "Thread-2 (transfer)"),
    switches=4,
    length=2,
    outcome="failed",
    message="assert 90 == 100\n +  where 90 = <Account>.balance",
    fingerprint="9af3",
    timeout_dependent=2.5,
    root=".",
    arguments=("-k", ""),
)


def signed(body: bytes) -> bytes:
    return body + f"end {hashlib.sha256(body).hexdigest()[:16]}\n".encode()


def edited(old: str, new: str) -> bytes:
    """A file with a valid checksum in which ``old`` reads ``new``."""
    data = store.encode(BANK)
    body = data[: data.rindex(b"end ")]
    assert old.encode() in body
    return signed(body.replace(old.encode(), new.encode(), 1))


def complaint(data: bytes) -> str:
    with pytest.raises(ScheduleFileError) as caught:
        store.decode(data, "x.schedule")
    return str(caught.value)


def test_the_strategy_fills_every_field_of_a_schedule() -> None:
    # A field added to the model and forgotten in the format would be lost without a word.
    assert {field.name for field in dataclasses.fields(Schedule)} == {
        "target", "deviations", "steps", "tasks", "switches", "length", "trace_digest", "outcome",
        "message", "fingerprint", "timeout_dependent", "runner", "seed", "hash_seed", "clock",
        "epoch", "slack", "carrier", "max_steps", "instrument", "root", "arguments", "python",
        "semantics", "created_by", "mutant",
    }  # fmt: skip


@steady
@given(schedules)
def test_any_schedule_is_read_back_as_it_was(schedule: Schedule) -> None:
    assert store.decode(store.encode(schedule)) == schedule


def test_a_file_is_readable_text() -> None:
    text = store.encode(BANK).decode()
    assert text.splitlines()[:4] == [
        "racewright schedule 1",
        "target: tests/test_bank.py::test_transfer",
        "outcome: failed",
        r'message: "assert 90 == 100\n +  where 90 = <Account>.balance"',
    ]
    assert "task: Thread-2 (transfer)" in text.splitlines()
    assert (
        "  task 1 (worker-1) operation 3: preempted, run task 2; at bank.py:14 transfer\n"
        "  task 2 operation 9: switched, run task 0 (main), waiting 2.5 s\n"
        "steps:\n"
        "  1 read .balance at bank.py:14 transfer\n"
        "  2 try-acquire Lock#1 (bank.py:3) at bank.py:15 transfer\n"
        "end "
    ) in text


def test_steps_beyond_the_limit_are_left_out() -> None:
    many = BANK.replace(steps=BANK.steps[:1] * (store.MAX_STEPS + 3), length=store.MAX_STEPS + 3)
    back = store.decode(store.encode(many))
    assert len(back.steps) == store.MAX_STEPS
    assert back.length == store.MAX_STEPS + 3


def test_a_schedule_too_large_for_a_file_loses_steps_before_anything_else() -> None:
    huge = BANK.replace(message="x" * (store.MAX_BYTES + 1))
    back = store.decode(store.encode(huge))
    assert back.deviations == BANK.deviations
    assert back.steps == ()
    assert set(back.message) == {"x"}


def test_a_schedule_that_cannot_fit_is_refused() -> None:
    with pytest.raises(ScheduleFileError, match="16 MB"):
        store.encode(BANK.replace(root="x" * (store.MAX_BYTES + 1)))


def test_changed_line_ends_do_no_harm() -> None:
    data = store.encode(BANK)
    assert store.decode(data.replace(b"\n", b"\r\n")) == BANK
    assert store.decode(data.rstrip(b"\n")) == BANK
    assert store.decode(data + b"\n\n") == BANK


@steady
@given(st.binary())
def test_arbitrary_bytes_raise_only_our_error(data: bytes) -> None:
    with pytest.raises(ScheduleFileError):
        store.decode(data)


@steady
@given(st.binary())
def test_arbitrary_bytes_after_a_valid_first_line_raise_only_our_error(data: bytes) -> None:
    with pytest.raises(ScheduleFileError):
        store.decode(b"racewright schedule 1\n" + data)


@steady
@given(st.one_of(texts, st.binary().map(lambda data: data.decode("latin-1"))))
def test_arbitrary_text_under_a_valid_checksum_raises_only_our_error(text: str) -> None:
    body = b"racewright schedule 1\n" + text.encode("utf-8", "surrogatepass") + b"\n"
    with pytest.raises(ScheduleFileError):
        store.decode(signed(body))


@steady
@given(st.data())
def test_a_mutated_file_is_refused_or_says_the_same(data: st.DataObject) -> None:
    whole = store.encode(BANK)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    mutant = whole[:start] + data.draw(st.binary(max_size=5)) + whole[end:]
    try:
        assert store.decode(mutant) == BANK
    except ScheduleFileError:
        pass


@steady
@given(st.data())
def test_a_mutated_file_with_a_valid_checksum_raises_only_our_error(data: st.DataObject) -> None:
    whole = store.encode(BANK)
    body = whole[: whole.rindex(b"end ")]
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 8)))
    filler = data.draw(texts).encode("utf-8", "surrogatepass")
    try:
        back = store.decode(signed(body[:start] + filler + body[end:]))
    except ScheduleFileError:
        return
    assert store.decode(store.encode(back)) == back


@steady
@given(st.integers(0, len(store.encode(BANK)) - 2))
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    message = complaint(store.encode(BANK)[:length])
    assert "x.schedule" in message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"racewright sch", "ends within its first line"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "not a schedule file"),
        (b"import os\n", "not a schedule file"),
        (store.encode(BANK)[:-30], "line 32: the file is cut short"),
        (store.encode(BANK).replace(b"failed", b"passed"), "checksum does not hold"),
        (signed(b"racewright schedule 1\ntarget: \xff\n"), "line 2: byte 30 is not UTF-8"),
        (signed(b"racewright schedule 1\nseed: 0\n"), "names no target"),
        (b"racewright schedule 0\n", "there is no format 0"),
    ],
)
def test_the_error_says_what_is_wrong(data: bytes, words: str) -> None:
    message = complaint(data)
    assert words in message
    assert message.startswith("x.schedule")
    assert "[schedule-file]" in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed: 0", "seed: zero", "expected a whole number, not 'zero'"),
        ("seed: 0", "seed: 1_0", "expected a whole number"),
        ("seed: 0", "seed: ٣", "expected a whole number"),
        ("seed: 0", f"seed: {'9' * 5000}", "expected a whole number"),
        ("epoch: 0.0", "epoch: soon", "expected a number, not 'soon'"),
        ("epoch: 0.0", "epoch: 0x10", "expected a number"),
        ("timeout-dependent: 2.5 s", "timeout-dependent: yes", "expected a number"),
        ("operation 3", "operation three", "this is no deviation"),
        ("  1 read", "  one read", "this is no step"),
        ("seed: 0", "sea: 0", "unknown field 'sea'"),
        ("seed: 0", "seed: 0\nseed: 0", "'seed' is there twice"),
        ("seed: 0", "seed", "this is no field"),
        ("task: main", 'task: "main', "quotation mark is not closed"),
        ("task: main", r'task: "\q"', "unknown escape"),
        ("task: main", r'task: "\Uffffffff"', "there is no character"),
    ],
)
def test_a_malformed_line_is_named(old: str, new: str, words: str) -> None:
    data = edited(old, new)
    body = data[: data.index(new.split("\n")[-1].encode())]
    message = complaint(data)
    assert words in message
    # The place of the last line of what was put in, within one for a field given twice.
    line = body.count(b"\n") + 1
    assert f"line {line + new.count(chr(10))}:" in message


def test_a_newer_format_says_to_upgrade() -> None:
    with pytest.raises(store.NewerScheduleFormat, match="pip install --upgrade racewright"):
        store.decode(store.encode(BANK).replace(b"schedule 1\n", b"schedule 2\n"))


def test_other_semantics_are_read_as_the_file_says() -> None:
    assert store.decode(edited("semantics: 1", "semantics: 99")).semantics == 99
