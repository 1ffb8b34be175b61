"""A review: read the files, ask the rules about each, join the facts, ask the rules about all.

What is asked of one file is done in a process of a pool, beside its parsing, and kept in the cache;
joining is done here. The review of the same files by the same rules is the same, whatever came from
the cache and however many processes there were.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from racewright import __version__, originals
from racewright.model.finding import Finding, Note, Place, Review
from racewright.review.cache import Cache, rules_digest
from racewright.review.concurrency import Concurrency
from racewright.review.configuration import ReviewSettings, chosen_rules, is_code
from racewright.review.external import ruff_codes, ruff_findings
from racewright.review.extract import extract
from racewright.review.facts import Facts
from racewright.review.module import Module
from racewright.review.policy import weighed
from racewright.review.project import Project
from racewright.review.readers import Lost, can_fork, each_read
from racewright.review.rule import Rule, all_rules
from racewright.review.source import digest, files_in, is_excluded, parse, read_bytes, shown_path
from racewright.review.suppressions import Suppression, apply_suppressions, suppressions_in
from racewright.review.time_limits import TimeLimits
from racewright.settings import core_count

__all__ = ["Read", "judge", "read_all", "read_file", "review", "review_source"]

#: Behind the key of a file: its facts.
_FACTS = "f"
#: Bytes of source below which starting more than one process takes longer than it saves.
_WORTH_MORE_PROCESSES = 400_000


@dataclass(slots=True)
class Read:
    """What came of one file."""

    file: str
    lines: int = 0
    facts: Facts | None = None
    findings: list[Finding] = field(default_factory=list)
    comments: list[Suppression] = field(default_factory=list)
    note: Note | None = None
    is_cached: bool = False
    path: str = ""
    folder: str = ""  #: of the cache
    key: str = ""  #: under which the cache has the facts, where they are not here


def review(
    settings: ReviewSettings, *, on_progress: Callable[[int, int], None] | None = None
) -> Review:
    """Review the files below ``settings.paths``."""
    began = originals.monotonic()
    paths = list(files_in(settings.paths, settings.exclude))
    rules = chosen_rules(settings)
    reads = []
    with _uncollected():
        for read in read_all(paths, settings):
            reads.append(read)
            if on_progress is not None:
                on_progress(len(reads), len(paths))
        notes = [read.note for read in reads if read.note is not None]
        found = _alone(reads, rules) + _across_or_kept(reads, rules, notes)
    notes += [
        Note(shown_path(path), 0, "not reviewed: it is excluded", is_gap=False)
        for path in settings.paths
        if is_excluded(path, settings.exclude)
    ]
    sources = ["racewright"]
    if settings.ruff and ruff_codes(settings):
        # What we could not read, as a pipe that never ends, ruff is not given either.
        readable = [path for path, read in zip(paths, reads, strict=True) if read.note is None]
        more, note, version = ruff_findings(readable, settings, found)
        found += more
        notes += [note] if note is not None else []
        sources += [version] if version else []
    comments = {read.file: read.comments for read in reads if read.comments}
    known = {rule.name for rule in all_rules()}
    asked = {rule.name for rule in rules}
    if len(sources) > 1:
        asked |= _codes_asked(comments.values(), ruff_codes(settings))
    kept, remarks = apply_suppressions(found, comments, known, asked)
    kept = weighed(_unique(kept), settings)
    return Review(
        findings=tuple(sorted(kept, key=_order)),
        notes=tuple(sorted([*notes, *remarks])),
        files=sum(read.note is None for read in reads),
        lines=sum(read.lines for read in reads),
        seconds=originals.monotonic() - began,
        from_cache=sum(read.is_cached for read in reads),
        rules=tuple(rule.name for rule in rules),
        sources=tuple(sources),
        version=__version__,
    )


def review_source(path: str, data: bytes, rules: Iterable[Rule]) -> list[Finding]:
    """What ``rules`` find in one file, given as bytes, alone."""
    read = read_file(path, data)
    source = parse(path, data)
    lines = {} if isinstance(source, Note) else {source.file: source.lines}
    return sorted(judge([read], tuple(rules), lines), key=_order)


def _codes_asked(comments: Iterable[list[Suppression]], codes: tuple[str, ...]) -> set[str]:
    """Of ruff's codes that comments name, those that it was asked for."""
    named = {rule for each in comments for comment in each for rule in comment.rules}
    return {rule for rule in named if is_code(rule) and rule.startswith(codes)}


# --- One file ---


def read_file(path: str, data: bytes, rules: Iterable[Rule] | None = None) -> Read:
    """What every rule finds in ``data`` alone, and the facts for the rules that look at all."""
    source = parse(path, data)
    if isinstance(source, Note):
        return Read(source.file, note=source)
    module: Module | None = None
    try:
        module = Module(source)
        asked = all_rules() if rules is None else rules
        found = [finding for rule in asked for finding in rule.check(module)]
        facts = extract(module)
    except RecursionError:
        note = Note(source.file, 0, "not reviewed: it is nested too deeply")
        return Read(source.file, note=note)
    finally:
        if module is not None:
            # What it has kept speaks of it in turn, and nobody looks for circles here.
            vars(module).clear()
    comments = list(suppressions_in(source.text))
    return Read(source.file, len(source.lines), facts, found, comments)


def _read_path(work: tuple[str, str, str]) -> Read:
    path, version, folder = work
    data = read_bytes(path)
    if isinstance(data, Note):
        return Read(data.file, note=data)
    cache = Cache(folder, is_on=bool(folder))
    # Where it lies says what it is called, and whether it holds tests.
    key = digest(version.encode(), os.path.abspath(path).encode("utf-8", "replace"), data)
    read = _from_json(cache.get(key))
    if read is None or read.file != shown_path(path):
        read = read_file(path, data)
        if read.facts is None:
            return read
        cache.put(key + _FACTS, read.facts)
        cache.put(key, _to_json(read))
    if folder:
        read.path, read.folder, read.key = path, folder, key
    return read


def _to_json(read: Read) -> list[Any]:
    findings = [finding.to_values() for finding in read.findings]
    return [read.file, read.lines, findings, read.comments]


def _from_json(values: Any) -> Read | None:
    try:
        file, lines, findings, comments = values
        return Read(
            str(file),
            int(lines),
            None,
            [Finding.from_values(each) for each in findings],
            [
                Suppression(line, tuple(rules), reason, alone, known)
                for line, rules, reason, alone, known in comments
            ],
            is_cached=True,
        )
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return None


def _facts_of(read: Read) -> Facts | None:
    """The facts of a file that could be read; most reviews of unchanged files need none."""
    if read.facts is None and read.key:
        kept = Cache(read.folder).get(read.key + _FACTS)
        with contextlib.suppress(TypeError, ValueError, KeyError, AttributeError, RecursionError):
            read.facts = Facts.from_json(kept)
        if read.facts is None:
            data = read_bytes(read.path)
            read.facts = None if isinstance(data, Note) else read_file(read.path, data, ()).facts
    return read.facts


# --- All files ---


def read_all(paths: list[str], settings: ReviewSettings) -> Iterator[Read]:
    """What came of each file, in the order of ``paths``; from the cache where it is there."""
    version = rules_digest()
    folder = Cache().folder if settings.cache else ""
    work = [(path, version, folder) for path in paths]
    jobs = settings.jobs or core_count()
    if sum(map(_size, paths)) < _WORTH_MORE_PROCESSES:
        jobs = 1
    if not can_fork() or (jobs < 2 and not settings.time_limit):
        yield from map(_read_path, work)
        return
    made = each_read(work, _read_path, jobs=jobs, limit=settings.time_limit)
    with contextlib.closing(made):
        # In the order of the files, so that a review does not depend on who was faster.
        for path, read in zip(paths, made, strict=True):
            if isinstance(read, Lost):
                shown = shown_path(path)
                read = Read(shown, note=Note(shown, 0, f"not reviewed: {read.reason}"))
            yield read


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Trees are many objects and few cycles: looking for these takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def judge(
    reads: list[Read],
    rules: tuple[Rule, ...],
    lines: Mapping[str, tuple[str, ...]] | None = None,
    notes: list[Note] | None = None,
) -> list[Finding]:
    """What ``rules`` find in each file and in all together; ``lines`` of those that are not as on
    the disk. Where something kept them from it, ``notes`` says so."""
    return _alone(reads, rules) + _across(reads, rules, lines or {}, [] if notes is None else notes)


def _alone(reads: list[Read], rules: tuple[Rule, ...]) -> list[Finding]:
    chosen = {rule.name: rule for rule in rules}
    limits = TimeLimits()
    return [
        each
        for read in reads
        for each in read.findings
        if (rule := chosen.get(each.rule)) is not None
        and not (rule.is_moot_in_time and limits.is_limited(each.place.file))
    ]


def _across_or_kept(reads: list[Read], rules: tuple[Rule, ...], notes: list[Note]) -> list[Finding]:
    """What is found across files; from the cache, if it has been found in these very files."""
    keys = [word for read in reads if read.note is None for word in (read.file, read.key)]
    if not all(keys) or not keys:
        return _across(reads, rules, {}, notes)
    cache = Cache(next(read.folder for read in reads if read.folder))
    key = digest(*(word.encode() for word in [*(rule.name for rule in rules), "", *keys]))
    with contextlib.suppress(TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return [Finding.from_values(each) for each in cache.get(key)["across"]]
    before = len(notes)
    found = _across(reads, rules, {}, notes)
    if len(notes) == before:
        cache.put(key, {"across": [finding.to_values() for finding in found]})
    return found


def _across(
    reads: list[Read],
    rules: tuple[Rule, ...],
    lines: Mapping[str, tuple[str, ...]],
    notes: list[Note],
) -> list[Finding]:
    """What is found in all files together."""
    found: list[Finding] = []
    across = [rule for rule in rules if type(rule).check_project is not Rule.check_project]
    if not across:
        return found
    with_text = _Texts(lines)
    try:
        every = [facts for read in reads if (facts := _facts_of(read)) is not None]
        concurrency = Concurrency(Project(every))
        for rule in across:
            found += [with_text.fill(finding) for finding in rule.check_project(concurrency)]
    except RecursionError:
        message = "not all rules were asked about all files: something is nested too deeply"
        notes.append(Note("", 0, message))
    return found


class _Texts:
    """The lines of files that a finding made from facts speaks of."""

    def __init__(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        self._lines = dict(lines)

    def fill(self, finding: Finding) -> Finding:
        places = tuple(each if each.text else self._with_text(each) for each in finding.places)
        return replace(finding, places=places)

    def _with_text(self, place: Place) -> Place:
        if place.file not in self._lines:
            data = read_bytes(place.file)
            source = None if isinstance(data, Note) else parse(place.file, data)
            lines = () if source is None or isinstance(source, Note) else source.lines
            self._lines[place.file] = lines
        lines = self._lines[place.file][place.line - 1 : min(place.last_line, place.line + 20)]
        indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
        cut = min(indents, default=0)
        return replace(place, text="\n".join(line[cut:].rstrip()[:300] for line in lines))


def _order(finding: Finding) -> tuple[Any, ...]:
    return (not finding.is_defect, finding.place, finding.rule, finding.source, finding.title)


def _unique(findings: list[Finding]) -> Iterator[Finding]:
    seen = set()
    for finding in findings:
        key = (finding.rule, finding.places)
        if key not in seen:
            seen.add(key)
            yield finding
