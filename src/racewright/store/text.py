"""The text of a schedule file: for a person to read, and for a machine to read back exactly.

Its first line names the format, its last the checksum of all above it, so that a file cut short,
damaged, or never ours is told from one that can be replayed. Text that would not survive on a line
of its own (line ends, control characters, nothing at all) is quoted::

    racewright schedule 1
    target: tests/test_bank.py::test_transfer
    outcome: failed
    message: assert 90 == 100
    ...
    deviations:
      task 1 (worker-1) operation 3: preempted, run task 2 (worker-2); at bank.py:14 transfer
    steps:
      1 read .balance at bank.py:14 transfer
    end 3f9ac21be07d5a44
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

from racewright.errors import ScheduleFileError
from racewright.model.schedule import Deviation, Schedule, Step

__all__ = [
    "FORMAT_VERSION",
    "MAX_BYTES",
    "MAX_STEPS",
    "NewerScheduleFormat",
    "clip",
    "decode",
    "encode",
    "file_error",
    "megabytes",
]

FORMAT_VERSION: Final = 1
MAX_STEPS: Final = 5_000  #: steps kept in a file; of a longer trace there is also the digest
MAX_BYTES: Final = 16 * 1024 * 1024

_LONGEST_MESSAGE = 100_000  # characters kept of a message that makes its file too large


class NewerScheduleFormat(ScheduleFileError):
    """The file was written by a later Racewright, in a format that this one does not know."""


# --- Text: bare where it can be, quoted where it must be -----------------------------------------

_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_UNESCAPES: Final = {escape[1]: text for text, escape in _ESCAPES.items()}
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)


def _is_bare(text: str) -> bool:
    return bool(text) and text.isprintable() and text == text.strip() and text[0] != '"'


def _quote(text: str) -> str:
    if _is_bare(text):
        return text
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    # One escape for each code point: JSON's would join two lone surrogates into one character.
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    if not re.fullmatch(_QUOTED, text, re.DOTALL):
        raise ValueError(f"the quotation mark is not closed: {clip(text)}")
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits:
        code = int(digits, 16)
        if code > 0x10FFFF:
            raise ValueError(f"there is no character {match[0]}")
        return chr(code)
    if match[3] not in _UNESCAPES:
        raise ValueError(f"unknown escape {clip(match[0])}")
    return _UNESCAPES[match[3]]


def clip(text: str, limit: int = 60) -> str:
    """``text`` for a message: on one line, printable, not long."""
    shown = "".join(c if c.isprintable() else _escape(c) for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


# --- Numbers -------------------------------------------------------------------------------------

_INTEGER = r"-?[0-9]{1,60}"
_NUMBER = r"-?(?:[0-9]{1,400}(?:\.[0-9]{1,400})?(?:e[+-]?[0-9]{1,4})?|inf)|nan"


def _integer(text: str) -> int:
    if not re.fullmatch(_INTEGER, text):
        raise ValueError(f"expected a whole number, not '{clip(text)}'")
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(_NUMBER, text):
        raise ValueError(f"expected a number, not '{clip(text)}'")
    return float(text)


def _seconds(text: str) -> float | None:
    return None if text == "no" else _number(text.removesuffix(" s"))


def _write_seconds(value: float | None) -> str:
    return "no" if value is None else f"{float(value)!r} s"


# --- The fields, in their order in the file ------------------------------------------------------

_Field = tuple[str, Callable[[object], str], Callable[[str], object]]
_TEXT: Final = (lambda value: _quote(str(value)), _unquote)
_INT: Final = (lambda value: str(int(value)), _integer)
_FLOAT: Final = (lambda value: repr(float(value)), _number)

_FIELDS: Final[dict[str, tuple[str, Callable[..., str], Callable[[str], object]]]] = {
    "target": ("target", *_TEXT),
    "outcome": ("outcome", *_TEXT),
    "message": ("message", *_TEXT),
    "fingerprint": ("fingerprint", *_TEXT),
    "timeout-dependent": ("timeout_dependent", _write_seconds, _seconds),
    "switches": ("switches", *_INT),
    "length": ("length", *_INT),
    "trace": ("trace_digest", *_TEXT),
    "runner": ("runner", *_TEXT),
    "root": ("root", *_TEXT),
    "seed": ("seed", *_INT),
    "hash-seed": ("hash_seed", *_TEXT),
    "clock": ("clock", *_TEXT),
    "epoch": ("epoch", *_FLOAT),
    "slack": ("slack", *_FLOAT),
    "carrier": ("carrier", *_TEXT),
    "max-steps": ("max_steps", *_INT),
    "mutant": ("mutant", *_TEXT),
    "python": ("python", *_TEXT),
    "semantics": ("semantics", *_INT),
    "created-by": ("created_by", *_TEXT),
}
#: Fields that most files have not, so that earlier versions can read these.
_RARE: Final = frozenset({"mutant"})
#: Fields that are lists of texts: one line for each member.
_LISTS: Final = {"task": "tasks", "argument": "arguments", "instrument": "instrument"}


# --- Deviations and steps ------------------------------------------------------------------------

_NAMED = rf"task ({_INTEGER})(?: \([^()]*\))?"
_DEVIATION = re.compile(
    rf"{_NAMED} operation ({_INTEGER}): (preempted|switched), run {_NAMED}"
    rf"(?:, waiting ({_NUMBER}) s)?(?:; at (.+))?"
)
_STEP = re.compile(rf'({_INTEGER}) ({_QUOTED}|[^" ]\S*) ({_QUOTED}|[^" ].*?) at (.+)')


def _named(task: int, names: tuple[str, ...]) -> str:
    """``task 1 (worker-1)``; the name is for the reader and not read back."""
    name = names[task] if 0 <= task < len(names) else ""
    if not _is_bare(name) or "(" in name or ")" in name or len(name) > 40:
        return f"task {task}"
    return f"task {task} ({name})"


def _write_deviation(deviation: Deviation, names: tuple[str, ...]) -> str:
    how = "preempted" if deviation.is_preemption else "switched"
    line = (
        f"{_named(deviation.task, names)} operation {deviation.operation}: "
        f"{how}, run {_named(deviation.chosen, names)}"
    )
    if deviation.waits:
        line += f", waiting {float(deviation.waits)!r} s"
    if deviation.site:
        line += f"; at {_quote(deviation.site)}"
    return line


def _read_deviation(line: str) -> Deviation:
    match = _DEVIATION.fullmatch(line)
    if match is None:
        raise ValueError(f"this is no deviation: '{clip(line)}'")
    task, operation, how, chosen, waits, site = match.groups()
    return Deviation(
        task=_integer(task),
        operation=_integer(operation),
        chosen=_integer(chosen),
        is_preemption=how == "preempted",
        waits=_number(waits) if waits else 0.0,
        site=_unquote(site) if site else "",
    )


def _write_step(step: Step) -> str:
    kind = _always_quote(step.kind) if " " in step.kind else _quote(step.kind)
    # " at " ends a bare resource.
    has_at = " at " in f"{step.resource} "
    resource = _always_quote(step.resource) if has_at else _quote(step.resource)
    return f"{step.task} {kind} {resource} at {_quote(step.site)}"


def _always_quote(text: str) -> str:
    return '"' + "".join(map(_escape, text)) + '"'


def _read_step(line: str) -> Step:
    match = _STEP.fullmatch(line)
    if match is None:
        raise ValueError(f"this is no step: '{clip(line)}'")
    task, kind, resource, site = match.groups()
    return Step(_integer(task), _unquote(kind), _unquote(resource), _unquote(site))


# --- Whole files as bytes ------------------------------------------------------------------------


def encode(schedule: Schedule) -> bytes:
    """``schedule`` as the bytes of a file. Steps beyond :data:`MAX_STEPS` are left out."""
    data = _encode(schedule)
    if len(data) > MAX_BYTES:
        # What a replay needs comes first; the steps only show where it left the path.
        data = _encode(schedule.replace(steps=(), message=schedule.message[:_LONGEST_MESSAGE]))
    if len(data) > MAX_BYTES:
        raise ScheduleFileError(
            f"the schedule of {clip(schedule.target)} needs {megabytes(len(data))}, and a "
            f"schedule file may have {megabytes(MAX_BYTES)}\n"
            f"It has {len(schedule.deviations):,} deviations and was probably not minimised."
        )
    return data


def _encode(schedule: Schedule) -> bytes:
    lines = [f"racewright schedule {FORMAT_VERSION}"]
    for key, (attribute, to_line, _) in _FIELDS.items():
        value = getattr(schedule, attribute)
        if value or key not in _RARE:
            lines.append(f"{key}: {to_line(value)}")
    for key, attribute in _LISTS.items():
        lines.extend(f"{key}: {_quote(text)}" for text in getattr(schedule, attribute))
    lines.append("deviations:")
    lines.extend("  " + _write_deviation(d, schedule.tasks) for d in schedule.deviations)
    lines.append("steps:")
    lines.extend("  " + _write_step(step) for step in schedule.steps[:MAX_STEPS])
    body = ("\n".join(lines) + "\n").encode()
    return body + f"end {_checksum(body)}\n".encode()


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def decode(data: bytes, source: str = "schedule") -> Schedule:
    """The schedule in ``data``; whatever the bytes, anything wrong is a ``ScheduleFileError``."""
    # Line ends that a checkout or an editor changed.
    data = data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    if not data.strip():
        raise file_error(source, "the file is empty", _CUT, None)
    header = re.match(rb"racewright schedule ([0-9]{1,9})\n", data)
    if header is None:
        if b"racewright schedule ".startswith(data.strip()[:20]):
            raise file_error(source, "the file ends within its first line", _CUT, 1)
        raise file_error(
            source,
            "this is not a schedule file: its first line is not 'racewright schedule <version>'",
            "Schedule files are written below .racewright/ when a failure is found.",
            1,
        )
    if int(header[1]) > FORMAT_VERSION:
        raise NewerScheduleFormat(
            _message(
                source,
                f"the file has format {int(header[1])}, and this Racewright reads formats up to "
                f"{FORMAT_VERSION}",
                "A later version wrote it. To upgrade:\n  pip install --upgrade racewright",
                1,
            )
        )
    if int(header[1]) < 1:
        raise file_error(source, f"there is no format {int(header[1])}", _DAMAGED, 1)
    return _parse(_check(data, source), source)


def _check(data: bytes, source: str) -> list[str]:
    """The lines between the first and the last, once the checksum is seen to hold."""
    start = data.rfind(b"\n", 0, len(data) - 1) + 1
    end = re.fullmatch(rb"end ([0-9a-f]{16})\n?", data[start:])
    if end is None:
        place = data.count(b"\n") + (not data.endswith(b"\n"))
        raise file_error(source, "the file is cut short: its last line is not 'end …'", _CUT, place)
    body = data[:start]
    if end[1].decode() != _checksum(body):
        raise file_error(
            source,
            f"the checksum does not hold: the file says {end[1].decode()}, "
            f"its contents have {_checksum(body)}",
            _DAMAGED,
            body.count(b"\n") + 1,
        )
    try:
        return body.decode().split("\n")[1:-1]
    except UnicodeDecodeError as error:
        place = body.count(b"\n", 0, error.start) + 1
        raise file_error(source, f"byte {error.start} is not UTF-8", _DAMAGED, place) from None


def _parse(lines: list[str], source: str) -> Schedule:
    values: dict[str, object] = {}
    lists: dict[str, list[object]] = {attribute: [] for attribute in _LISTS.values()}
    lists["deviations"], lists["steps"] = [], []
    section = ""
    for number, line in enumerate(lines, start=2):
        try:
            if line in ("deviations:", "steps:"):
                section = line[:-1]
            elif line.startswith("  ") and section == "deviations":
                lists["deviations"].append(_read_deviation(line[2:]))
            elif line.startswith("  ") and section == "steps":
                lists["steps"].append(_read_step(line[2:]))
            else:
                _read_field(line, values, lists)
        except ValueError as error:
            raise file_error(source, str(error), _DAMAGED, number) from None
    if "target" not in values:
        raise file_error(source, "the file names no target", _DAMAGED, None)
    if len(lists["steps"]) > MAX_STEPS:
        raise file_error(source, f"the file has more than {MAX_STEPS:,} steps", _DAMAGED, None)
    values.update({attribute: tuple(members) for attribute, members in lists.items()})
    return Schedule(**values)  # type: ignore[arg-type]


def _read_field(line: str, values: dict[str, object], lists: dict[str, list[object]]) -> None:
    key, colon, text = line.partition(": ")
    if not colon:
        raise ValueError(f"this is no field: '{clip(line)}'")
    if key in _LISTS:
        lists[_LISTS[key]].append(_unquote(text))
        return
    if key not in _FIELDS:
        raise ValueError(
            f"unknown field '{clip(key)}'; if a later Racewright wrote it, upgrade this one"
        )
    attribute, _, from_line = _FIELDS[key]
    if attribute in values:
        raise ValueError(f"the field {key!r} is there twice")
    values[attribute] = from_line(text)


# --- Errors --------------------------------------------------------------------------------------

_CUT = (
    "What wrote or copied it probably stopped half-way. Delete it and search again:\n"
    "  racewright explore TARGET"
)
_DAMAGED = (
    "It was probably damaged in transfer, or edited. Fetch it again, or search again:\n"
    "  racewright explore TARGET"
)


def _message(source: str, what: str, cause: str, line: int | None) -> str:
    place = clip(source, 300) + (f", line {line}" if line is not None else "")
    return f"{place}: {what}\n{cause}"


def file_error(source: str, what: str, cause: str, line: int | None) -> ScheduleFileError:
    return ScheduleFileError(_message(source, what, cause, line))


def megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):,.0f} MB"
