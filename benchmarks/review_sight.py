"""How many released races a review points at: the zoo again, read instead of run.

The zoo is a folder of real bugs (see ``benchmarks/zoo.py``). For each case between threads or tasks
of asyncio the source of the buggy package is reviewed, once alone and once together with the case's
own test, which starts the tasks. A case is *seen* if a finding of Racewright's own stands on the
racy lines, which are named below by file, function and text. What is seen ought to be gone in the
fixed version; in a control nothing may be found.

    python benchmarks/review_sight.py --zoo ZOO --envs ENVS --markdown docs/reference/sight.md

The packages come from the environments that ``benchmarks/zoo.py`` has made in ENVS, or else from
PyPI; Python's own modules from the Pythons that are installed.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zoo

from racewright.model.finding import Finding
from racewright.review import review
from racewright.review.configuration import ReviewSettings

#: A finding that spans more lines than this points at nothing.
LONGEST: Final = 30


@dataclass(frozen=True)
class Racy:
    """Lines of a function that contain one of some texts; all of its lines, if none is given."""

    file: str
    function: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What is reviewed of a case, and where it is racy."""

    sources: tuple[str, ...]  #: below the folder of the packages, or of Python's own modules
    racy: tuple[Racy, ...]
    why_not: str = ""  #: why reading does not find it


TARGETS: Final[dict[str, Target]] = {
    "01": Target(
        ("zipfile.py",),
        (Racy("zipfile.py", "_SharedFile.__init__", ("self.tell",)),),
    ),
    "03": Target(
        ("_weakrefset.py", "weakref.py"),
        (Racy("_weakrefset.py", "_IterationGuard.__exit__", ("if not s", "_commit_removals")),),
        "the guard has its container by a weak reference, which is not followed",
    ),
    "05": Target(
        ("functools.py",),
        (
            Racy("functools.py", "cached_property.__get__", ("cache.get", "val is", "cache[")),
            Racy("test_case.py", "Service.connection"),
        ),
    ),
    "06": Target(
        ("asyncio",), (Racy("locks.py", "Condition.wait", ("await fut", "_waiters.", "finally")),)
    ),
    "08": Target(
        ("asyncio",),
        (Racy("tasks.py", "wait_for", ("await waiter", "CancelledError", "result()")),),
    ),
    "10": Target(
        ("asyncio",),
        (Racy("streams.py", "FlowControlMixin._drain_helper", ("waiter",)),),
    ),
    "11": Target(("random.py",), (Racy("random.py", "Random.gauss", ("gauss_next",)),)),
    "13": Target(
        (),
        (),
        "itertools is written in C: there is no source to be read",
    ),
    "15": Target(
        ("sqlparse",), (Racy("lexer.py", "Lexer.get_default_instance", ("_default_intance",)),)
    ),
    "17": Target(
        ("multimethod",),
        (
            Racy("__init__.py", "multimethod.parents", ("in self",)),
            Racy("__init__.py", "multimethod.__missing__", ("setdefault", "in self")),
        ),
    ),
    "19": Target(
        ("botocore",), (Racy("session.py", "ComponentLocator.get_component", ("_deferred",)),)
    ),
    "21": Target(
        ("pyee",),
        (
            Racy("_base.py", "BaseEventEmitter.emit", ("self._events",)),
            Racy("_base.py", "BaseEventEmitter.remove_listener", ("pop",)),
            Racy("_base.py", "g", ("remove_listener",)),
        ),
        "the handler that removes itself is called through a list of handlers",
    ),
    "23": Target(
        ("limits",),
        (Racy("memory.py", "MemoryStorage.acquire_entry", ("entry", "self.events")),),
    ),
    "25": Target(
        ("requests/auth.py", "requests/sessions.py", "requests/models.py"),
        (
            Racy("auth.py", "HTTPDigestAuth.build_digest_header", ("nonce", "chal")),
            Racy("auth.py", "HTTPDigestAuth.handle_401", ("num_401_calls", "chal")),
            Racy("auth.py", "HTTPDigestAuth.__call__", ("last_nonce", "pos")),
        ),
    ),
    "27": Target(
        ("zict", "heapdict.py"),
        (
            Racy("lru.py", "LRU.__setitem__"),
            Racy("lru.py", "LRU.evict", ("popitem", "pop(", "total_weight")),
        ),
    ),
    "28": Target(
        ("tenacity",),
        (
            Racy("__init__.py", "AsyncRetrying.__aiter__"),
            Racy("__init__.py", "AsyncRetrying.iter", ("iter_state",)),
        ),
    ),
    "30": Target(
        ("anyio",),
        (Racy("memory.py", "MemoryObjectReceiveStream.receive", ("receive_event", "container")),),
    ),
    "32": Target(
        ("redis",),
        (
            Racy("client.py", "Redis.execute_command", ("try", "finally", "release", "retry")),
            Racy("client.py", "Redis._send_command_parse_response", ("await",)),
        ),
    ),
    "35": Target(
        ("httpcore",),
        (
            Racy("connection_pool.py", "AsyncConnectionPool.handle_async_request"),
            Racy("http11.py", "AsyncHTTP11Connection.handle_async_request"),
        ),
        "the state of a connection is left half way by a cancellation, over three classes",
    ),
    "36": Target(
        ("ZODB",),
        (Racy("mvccadapter.py", "MVCCAdapterInstance.poll_invalidations", ("_start", "_lock")),),
        "that the two reads have to agree is said nowhere in the source",
    ),
    "38": Target(
        ("jsonschema",),
        (
            Racy("validators.py", "RefResolver.push_scope", ("_scopes_stack",)),
            Racy("validators.py", "RefResolver.pop_scope", ("_scopes_stack",)),
            Racy("validators.py", "iter_errors", ("push_scope", "pop_scope")),
        ),
    ),
    "40": Target(
        ("socketio",), (Racy("base_manager.py", "BaseManager.basic_enter_room", ("rooms",)),)
    ),
    "42": Target(
        ("pykka",),
        (Racy("_ref.py", "ActorRef.ask", ("is_alive", "put")),),
    ),
    "44": Target(
        ("concurrent/futures",),
        (Racy("thread.py", "ThreadPoolExecutor.shutdown", ("cancel()", "get_nowait")),),
    ),
    "46": Target(
        ("filelock",),
        (Racy("_api.py", "BaseFileLock.acquire", ("_lock_counter", "is_locked")),),
    ),
    "49": Target(
        ("sqlalchemy",),
        (Racy("langhelpers.py", "only_once.<locals>.go", ("once",)),),
    ),
}


@dataclass
class Row:
    """A line of the table."""

    case: str
    version: str = ""
    alone: str = "no"
    with_test: str = "no"
    fixed: str = "-"
    notes: list[str] = field(default_factory=list)

    @property
    def is_seen(self) -> bool:
        return self.alone not in ("no", "-") or self.with_test not in ("no", "-")

    @property
    def cells(self) -> tuple[str, ...]:
        words = "; ".join(self.notes)
        return (self.case, self.version, self.alone, self.with_test, self.fixed, words)


HEADINGS: Final = ("case", "version", "package alone", "with its test", "fixed version", "notes")


# Where the source is


def find_pythons() -> dict[str, Path]:
    """``{"3.11": the folder of its standard library}``; older ones, too, as they are only read."""
    here = sysconfig.get_paths()["stdlib"]
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": Path(here)}
    for interpreter in zoo._pyenv_interpreters():
        for folder in sorted((Path(interpreter).parent.parent / "lib").glob("python3.*")):
            if (folder / "asyncio").is_dir():
                found.setdefault(folder.name.removeprefix("python"), folder)
    return found


def find_source(case: zoo.Case, variant: str, envs: Path, pythons: dict[str, Path]) -> Path | None:
    """The folder that the case's packages lie in."""
    if not case.is_library:
        wanted = case.confirmed_on if variant == "buggy" else (case.fixed_on or "",)
        return next((pythons[each] for each in wanted if each in pythons), None)
    for place in sorted(envs.glob(f"{case.folder.name}-{variant}-py*")):
        for folder in sorted(place.glob("lib/python3*/site-packages")):
            return folder
    folder = envs / "sources" / f"{case.folder.name}-{variant}"
    if not folder.is_dir():
        plan = zoo.Plan(case, variant)
        for requirements in plan.requirements:
            options = ["--no-deps", "--no-compile", "--target", str(folder)]
            if not zoo._pip(sys.executable, *options, "-r", str(requirements)):
                break
        else:
            return None
    return folder


def version_of(case: zoo.Case, source: Path) -> str:
    if not case.is_library:
        return source.name.replace("python", "Python ")
    lines = zoo._lines(case.folder / "requirements.txt")
    return lines[0].replace("==", " ") if lines else ""


# What is racy, and what is found


def racy_lines(source: Path, test: Path, racy: Sequence[Racy]) -> set[tuple[str, int]]:
    """The lines, as file and number."""
    found = set()
    for each in racy:
        paths = [test] if each.file == test.name else sorted(source.rglob(each.file))
        for path in paths:
            found |= {(str(path), line) for line in _lines_of(path, each)}
    return found


def _lines_of(path: Path, racy: Racy) -> set[int]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = set()
    for name, node in _functions(ast.parse(text), ""):
        if name == racy.function or name.endswith("." + racy.function):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                line = lines[number - 1]
                is_code = line.strip() and not line.strip().startswith("#")
                is_named = any(words in line for words in racy.texts)
                if is_code and (is_named or not racy.texts):
                    found.add(number)
    return found


def _functions(
    node: ast.AST, above: str
) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append((above + child.name, child))
            found += _functions(child, f"{above}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            found += _functions(child, f"{above}{child.name}.")
        else:
            found += _functions(child, above)
    return found


def findings_in(paths: Sequence[Path]) -> tuple[Finding, ...]:
    settings = ReviewSettings(paths=tuple(map(str, paths)), ruff=False, cache=False)
    return review(settings).findings


def pointing(findings: Sequence[Finding], lines: set[tuple[str, int]]) -> str:
    """The rules that stand on one of ``lines``; *no*, if there is none."""
    rules = set()
    for finding in findings:
        for place in finding.places:
            if place.last_line - place.line > LONGEST or finding.source != "racewright":
                continue
            file = str(Path(place.file).resolve())
            if any((file, line) in lines for line in range(place.line, place.last_line + 1)):
                rules.add(finding.rule)
    return ", ".join(sorted(rules)) or "no"


# One case


def measure(case: zoo.Case, envs: Path, pythons: dict[str, Path]) -> Row:
    test = case.folder.resolve() / "test_case.py"
    row = Row(case.folder.name)
    if not case.is_buggy:
        found = findings_in([test])
        row.alone, row.with_test = "-", f"{len(found)} findings" if found else "no finding"
        row.notes = sorted({finding.rule for finding in found})
        return row
    target = TARGETS.get(case.number)
    if target is None:
        row.notes.append("not a case that this program knows")
        return row
    if not target.sources:
        row.notes.append(target.why_not)
        return row
    row.alone, row.with_test, row.version = look(case, "buggy", target, envs, pythons)
    if case.fixed_on:
        _, row.fixed, _ = look(case, "fixed", target, envs, pythons)
    if not row.version:
        row.notes.append("its source is not here")
    elif not row.is_seen:
        row.notes.append(target.why_not or "MISSED")
    return row


def look(
    case: zoo.Case, variant: str, target: Target, envs: Path, pythons: dict[str, Path]
) -> tuple[str, str, str]:
    """Which rules point at the racy lines, without and with the test, and in which version."""
    folder = find_source(case, variant, envs, pythons)
    if folder is None:
        return "-", "-", ""
    source = folder.resolve()
    test = case.folder.resolve() / "test_case.py"
    paths = [source / each for each in target.sources if (source / each).exists()]
    lines: set[tuple[str, int]] = set()
    for path in paths:
        root = path if path.is_dir() else path.parent
        found = racy_lines(root, test, target.racy)
        lines |= {(file, line) for file, line in found if _is_below(file, [*paths, test])}
    if variant == "buggy" and not lines:
        raise SystemExit(f"{case.folder.name}: the racy lines are not in {source}")
    alone = pointing(findings_in(paths), lines)
    together = pointing(findings_in([*paths, test]), lines)
    return alone, together, version_of(case, source)


def _is_below(file: str, paths: Sequence[Path]) -> bool:
    return any(Path(file) == path or path in Path(file).parents for path in paths)


# The report


def summary(rows: Sequence[Row], cases: dict[str, zoo.Case]) -> str:
    buggy = [row for row in rows if cases[row.case].is_buggy]
    seen = [row for row in buggy if row.is_seen]
    alone = [row for row in buggy if row.alone not in ("no", "-")]
    waits = [row for row in buggy if cases[row.case].is_asyncio]
    controls = [row for row in rows if not cases[row.case].is_buggy]
    alarms = [row.case for row in controls if row.with_test != "no finding"]
    still = [row.case for row in buggy if row.fixed not in ("-", "no")]
    return (
        f"Of {len(buggy)} cases, a review points at the racy lines of {len(seen)}: "
        f"{len(alone)} in the package alone, {len(seen) - len(alone)} more when it is given the "
        f"test that starts the tasks. Of the {len(waits)} cases of asyncio, "
        f"{sum(row.is_seen for row in waits)} are seen. Of {len(controls)} correct programs, "
        f"{len(alarms)} have a finding{_named(alarms)}. "
        f"Lines that the fixed version is still pointed at: {len(still)}{_named(still)}."
    )


def _named(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--zoo", type=Path, required=True, help="the folder with the cases")
    add("--envs", type=Path, default=zoo.REPOSITORY / ".zoo", help="environments, or sources")
    add("--only", action="append", default=[], metavar="NAME", help="cases that begin so")
    add("--markdown", type=Path, metavar="FILE", help="write the table into FILE")
    add("--json", action="store_true", help="print the rows as JSON")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    folders = sorted(options.zoo.glob("*/meta.json")) if options.zoo.is_dir() else []
    cases = {path.parent.name: zoo.read_case(path.parent) for path in folders}
    if options.only:
        cases = {name: each for name, each in cases.items() if name.startswith(tuple(options.only))}
    if not cases:
        print(f"review_sight: no cases in {options.zoo}", file=sys.stderr)
        return 2
    pythons, envs = find_pythons(), options.envs.resolve()
    rows = []
    for case in cases.values():
        rows.append(measure(case, envs, pythons))
        print("  ".join(rows[-1].cells), file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps([dict(zip(HEADINGS, row.cells, strict=True)) for row in rows], indent=1))
    words = summary(rows, cases)
    print(words)
    if options.markdown:
        write_markdown(options.markdown, rows, words)
    return 0


def write_markdown(path: Path, rows: Sequence[Row], words: str) -> None:
    """Replace what stands between the two markers of ``path``."""
    begin, end = "<!-- table: benchmarks/review_sight.py --markdown -->", "<!-- end of table -->"
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(cell or "-" for cell in row.cells) + " |" for row in rows]
    table = "\n".join([begin, words, "", *lines, end])
    text = path.read_text() if path.exists() else ""
    head, _, rest = text.partition(begin)
    path.write_text(f"{head}{table}{rest.partition(end)[2] or chr(10)}")


if __name__ == "__main__":
    sys.exit(main())
