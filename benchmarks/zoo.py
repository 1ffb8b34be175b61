"""How many released races Racewright finds, and how quickly: the zoo, measured.

The zoo is a folder of real bugs, each with a plain pytest test, requirements for the buggy and for
the fixed version, and a ``meta.json`` (see its README). This program builds an environment for each
variant, runs ``racewright explore`` in it, and prints a table. A *buggy* variant ought to fail; a
*fixed* one and a *control* must not, and one that does is worse than ten misses. Cases of asyncio
need tasks to be delayed, which is not explored yet: they are run, but may pass.

    python benchmarks/zoo.py --markdown docs/reference/zoo.md
    python benchmarks/zoo.py --only 42 --only c --both
    python benchmarks/zoo.py --native 20        # plain pytest instead: the tests themselves
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
SUPPORTED: Final = ("3.10", "3.11", "3.12", "3.13", "3.14")

#: What is instrumented for each case: the package whose unlocked accesses are the bug.
INSTRUMENT: Final[dict[str, tuple[str, ...]]] = {
    "03": ("weakref", "_weakrefset"),
    "05": ("functools",),
    "11": ("random",),
    "15": ("sqlparse",),
    "17": ("multimethod",),
    "19": ("botocore",),
    "21": ("pyee",),
    "23": ("limits",),
    "25": ("requests",),
    "27": ("zict", "heapdict"),
    "36": ("ZODB",),
    "38": ("jsonschema",),
    "40": ("socketio",),
    "42": ("pykka",),
    "44": ("concurrent.futures",),
    "46": ("filelock",),
    "49": ("sqlalchemy",),
}

#: What old packages miss in the Pythons that Racewright runs on, put back by a ``conftest.py``.
CONFTEST: Final[dict[str, tuple[str, str]]] = {
    "25": (
        "names that Python 3.10 removed from collections are put back",
        "import collections, collections.abc\n"
        "for name in ('Callable', 'Iterable', 'Mapping', 'MutableMapping'):\n"
        "    setattr(collections, name, getattr(collections.abc, name))\n",
    ),
}

#: Cases whose fixed version still has a race: a finding there is not a false alarm.
STILL_RACY: Final[dict[str, str]] = {
    "19": "botocore 1.34.0 still raises KeyError between the test and the read of _deferred",
}

#: What is expected of a run without ``--instrument`` where the bug is between two accesses.
NEEDS_INSTRUMENT: Final = "may need --instrument"

BEGIN, END = "<!-- table: benchmarks/zoo.py --markdown -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Case:
    """One folder of the zoo."""

    folder: Path
    package: str
    confirmed_on: tuple[str, ...]  #: Pythons that a failing schedule was shown on, best first
    fixed_on: str | None  #: the Python on which the fixed version was shown to be quiet
    is_asyncio: bool
    is_buggy: bool  #: False for a control

    @property
    def number(self) -> str:
        return self.folder.name.partition("_")[0]

    @property
    def is_library(self) -> bool:
        """Whether a package from the index is needed: otherwise the bug is Python's own."""
        return any(line[:1].isalnum() for line in _lines(self.folder / "requirements.txt"))

    @property
    def variants(self) -> tuple[str, ...]:
        if not self.is_buggy:
            return ("control",)
        return ("buggy", "fixed") if self.fixed_on else ("buggy",)


@dataclass(frozen=True)
class Plan:
    """A variant of a case, with the interpreter to run it; or why it cannot be run."""

    case: Case
    variant: str  #: "buggy", "fixed" or "control"
    version: str = ""  #: of Python, "3.11"
    interpreter: str = ""
    note: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        return f"{self.case.folder.name} {self.variant}"

    @property
    def requirements(self) -> tuple[Path, ...]:
        """Files to install from: the pinned one, then, should that fail, the loose one."""
        if not self.case.is_library:
            return ()
        is_fixed = self.variant == "fixed"
        pinned = self.case.folder / ("lock-fixed.txt" if is_fixed else "lock-buggy.txt")
        loose = self.case.folder / ("requirements-fixed.txt" if is_fixed else "requirements.txt")
        return tuple(path for path in (pinned, loose) if path.exists())

    def environment(self, envs: Path) -> Path:
        """Where its environment is: cases of Python's own library share one for each Python."""
        own = f"{self.case.folder.name}-{self.variant}" if self.case.is_library else "stdlib"
        return envs / f"{own}-py{self.version}"


@dataclass
class Row:
    """A line of the table."""

    case: str
    variant: str
    python: str = "-"
    version: str = "-"
    instrument: str = "-"
    outcome: str = "not run"
    number: int | None = None  #: the execution that failed first
    executions: int = 0
    seconds: float = 0.0
    expected: str = "fails"
    is_ok: bool | None = None  #: None where nothing is claimed
    notes: list[str] = field(default_factory=list)

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {True: "yes", False: "NO", None: "-"}[self.is_ok]
        number = str(self.number) if self.number is not None else f"- of {self.executions}"
        return (
            self.case,
            self.variant,
            self.python,
            self.version,
            self.instrument,
            self.outcome,
            number,
            f"{self.seconds:.1f}",
            self.expected,
            verdict,
            "; ".join(self.notes),
        )


HEADINGS: Final = (
    "case",
    "variant",
    "Python",
    "version",
    "--instrument",
    "outcome",
    "failed at execution",
    "seconds",
    "expected",
    "as expected",
    "notes",
)


# Reading the zoo, and choosing what to run it on


def read_case(folder: Path) -> Case:
    meta = json.loads((folder / "meta.json").read_text())
    confirmed = meta["confirmed"]
    text = (folder / "test_case.py").read_text()
    return Case(
        folder=folder,
        package=meta["package"],
        confirmed_on=(confirmed["python_used"], *confirmed.get("also_confirmed_on_python", ())),
        fixed_on=confirmed.get("fixed_python_used") if meta["fixed"] else None,
        is_asyncio="import asyncio" in text,
        is_buggy=meta["buggy"] is not None,
    )


def find_interpreters() -> dict[str, str]:
    """``{"3.11": path}`` for every supported Python on PATH or known to pyenv."""
    found: dict[str, str] = {}
    candidates = [f"python{version}" for version in SUPPORTED] + _pyenv_interpreters()
    for candidate in candidates:
        path = shutil.which(candidate)
        version = _version_of(path) if path else None
        if path and version in SUPPORTED:
            found.setdefault(version, path)
    return found


def _pyenv_interpreters() -> list[str]:
    try:
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [str(path) for path in sorted(Path(root.strip()).glob("versions/*/bin/python"))]


def _version_of(interpreter: str) -> str | None:
    # A pyenv shim exists for every version, and fails for those that are not switched on.
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([interpreter, "-c", program], capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def choose(case: Case, variant: str, interpreters: dict[str, str]) -> Plan:
    """Choose an interpreter on which the variant was confirmed, or the nearest that may do."""
    wanted = (case.fixed_on,) if variant == "fixed" and case.fixed_on else case.confirmed_on
    for version in wanted:
        if version in interpreters:
            return Plan(case, variant, version, interpreters[version])
    confirmed = "/".join(wanted)
    if set(wanted) & set(SUPPORTED) and not case.is_library:
        return Plan(case, variant, problem=f"needs Python {confirmed}")
    if not case.is_library and variant == "buggy":
        problem = f"a bug of Python {confirmed} itself, which Racewright does not support"
        return Plan(case, variant, problem=problem)
    for version in ("3.11", "3.10", *SUPPORTED):
        if version in interpreters:
            note = f"confirmed on {confirmed} only, run on {version}"
            return Plan(case, variant, version, interpreters[version], note=note)
    return Plan(case, variant, problem=f"needs one of Python {confirmed}")


# Environments


_editable_install = threading.Lock()  # two of them at once write one egg-info


def build_all(plans: Sequence[Plan], envs: Path, jobs: int) -> list[Plan]:
    """Make every environment once, ``jobs`` at a time, and say in the plans what came of it."""
    needed = {plan.environment(envs): plan for plan in plans if not plan.problem}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        built = dict(zip(needed, pool.map(build, needed.values(), needed), strict=True))
    return [plan if plan.problem else _with(plan, *built[plan.environment(envs)]) for plan in plans]


def build(plan: Plan, place: Path) -> tuple[str, str]:
    """Make the environment at ``place`` if it is not there: a note, and what went wrong."""
    stamp = place / "zoo.json"
    if stamp.exists():
        return json.loads(stamp.read_text())["note"], ""
    shutil.rmtree(place, ignore_errors=True)
    if _run([plan.interpreter, "-m", "venv", str(place)]).returncode != 0:
        return "", f"{plan.interpreter} -m venv fails"
    python = str(place / "bin" / "python")
    note = problem = ""
    for requirements in plan.requirements:
        problem = _pip(python, "-r", str(requirements))
        if not problem:
            break
        note = f"{requirements.name} cannot be installed ({problem})"
    if problem:
        return "", note
    with _editable_install:
        problem = _pip(python, "-e", str(REPOSITORY), "pytest")
    if not problem:
        stamp.write_text(json.dumps({"note": note}))
    return note, problem


def _with(plan: Plan, note: str, problem: str) -> Plan:
    notes = "; ".join(text for text in (plan.note, note) if text)
    return dataclasses.replace(plan, note=notes, problem=problem)


def _pip(python: str, *arguments: str) -> str:
    """Run ``pip install``; the last line of its complaint, or nothing."""
    answer = _run([python, "-m", "pip", "install", "-q", "--no-warn-script-location", *arguments])
    errors = [line for line in answer.stderr.splitlines() if "rror:" in line or "ERROR" in line]
    if answer.returncode == 0:
        return ""
    return errors[-1].strip() if errors else f"pip ended with {answer.returncode}"


def _run(
    command: Sequence[str], *, at: Path | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=at, timeout=timeout, capture_output=True, text=True)


# One run


@dataclass(frozen=True)
class Settings:
    """What the command line said about the runs."""

    envs: Path
    schedules: int
    time: float
    seed: int
    native: int
    extra: tuple[str, ...]


def measure(plan: Plan, settings: Settings, *, with_instrument: bool) -> Row:
    """Explore one variant, with or without ``--instrument``, and judge what came of it."""
    packages = INSTRUMENT.get(plan.case.number, ()) if with_instrument else ()
    row = Row(
        case=plan.case.folder.name,
        variant=plan.variant,
        python=plan.version or "-",
        instrument=" ".join(packages) or "-",
        expected=_expected(plan, with_instrument=with_instrument),
        notes=[plan.note] if plan.note else [],
    )
    if plan.problem:
        row.notes.append(plan.problem)
        return row
    place = plan.environment(settings.envs)
    row.version = _package_version(plan, place)
    mode = "-instrumented" if packages else ""
    scratch = settings.envs / "scratch" / (plan.name.replace(" ", "-") + mode)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    shutil.copy(plan.case.folder / "test_case.py", scratch)
    (scratch / "test_case.py").chmod(0o644)
    (scratch / "pytest.ini").write_text("[pytest]\n")  # so that no other configuration is found
    if plan.case.number in CONFTEST:
        reason, text = CONFTEST[plan.case.number]
        (scratch / "conftest.py").write_text(text)
        row.notes.append(reason)
    if settings.native:
        _run_natively(row, place, scratch, settings.native)
    else:
        _explore(row, place, scratch, settings, packages)
        _judge(row, plan)
    return row


def _expected(plan: Plan, *, with_instrument: bool) -> str:
    if plan.variant == "buggy":
        if plan.case.number in INSTRUMENT and not with_instrument:
            return NEEDS_INSTRUMENT
        return "may pass (asyncio)" if plan.case.is_asyncio else "fails"
    if plan.variant == "fixed" and plan.case.number in STILL_RACY:
        return "may fail (see note)"
    return "does not fail"


def _judge(row: Row, plan: Plan) -> None:
    """A miss is a miss; a failure where there is no bug is a false alarm."""
    fails = row.outcome == "failed"
    if row.outcome not in ("passed", "failed", "inconclusive"):
        row.is_ok = False
    elif row.expected == "does not fail":
        row.is_ok = not fails
        if fails:
            row.notes.append("FALSE ALARM")
    elif row.expected == "fails":
        row.is_ok = fails
    if fails and plan.variant == "fixed" and plan.case.number in STILL_RACY:
        row.notes.append(STILL_RACY[plan.case.number])


def _explore(
    row: Row, place: Path, scratch: Path, settings: Settings, packages: Iterable[str]
) -> None:
    command = [str(place / "bin" / "racewright"), "explore", "test_case.py", "--format", "json"]
    command += ["--schedules", str(settings.schedules), "--time", f"{settings.time:g}"]
    command += ["--seed", str(settings.seed), *settings.extra]
    for package in packages:
        command += ["--instrument", package]
    started = time.monotonic()
    try:
        answer = _run(command, at=scratch, timeout=settings.time + 120)
    except subprocess.TimeoutExpired:
        row.outcome, row.seconds = "hung", settings.time + 120
        return
    row.seconds = time.monotonic() - started
    (scratch / "stdout.json").write_text(answer.stdout)
    (scratch / "stderr.txt").write_text(answer.stderr)
    try:
        _read_report(row, answer.stdout)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        row.outcome = f"exit {answer.returncode}"
        tail = answer.stderr.strip().splitlines()[-1:] or [repr(error)]
        row.notes.append(tail[0][:160])


def _read_report(row: Row, text: str) -> None:
    report = json.loads(text)
    row.outcome = report["outcome"]
    row.executions = report["executions"]
    if report.get("failures"):
        first = min(report["failures"], key=lambda found: int(found["execution"]))
        row.number = first["execution"]


def _run_natively(row: Row, place: Path, scratch: Path, times: int) -> None:
    command = [str(place / "bin" / "python"), "-m", "pytest", "-q", "-x", "test_case.py"]
    command += ["-p", "no:racewright", "-p", "no:cacheprovider"]
    started = time.monotonic()
    for number in range(1, times + 1):
        try:
            answer = _run(command, at=scratch, timeout=60)
        except subprocess.TimeoutExpired:
            row.outcome, row.number = "hung", number
            break
        if answer.returncode != 0:
            row.outcome, row.number = "failed", number
            lines = [line for line in answer.stdout.splitlines() if line.startswith("E ")]
            row.notes.append((lines or answer.stderr.splitlines() or [""])[-1][:160])
            break
    else:
        row.outcome = "passed"
    row.executions, row.expected, row.is_ok = times, "passes", row.outcome == "passed"
    row.seconds = time.monotonic() - started


def _package_version(plan: Plan, place: Path) -> str:
    """The version under test: of the package, or of Python where the bug is Python's own."""
    python = str(place / "bin" / "python")
    if not plan.case.is_library:
        return _run(
            [python, "-c", "import platform; print(platform.python_version())"]
        ).stdout.strip()
    loose = plan.requirements[-1]
    name = re.split(r"[=<>~! ]", _lines(loose)[0])[0]
    program = f"import importlib.metadata as m; print(m.version({name!r}))"
    return f"{name} {_run([python, '-c', program]).stdout.strip()}"


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


# The table


def as_text(rows: Sequence[Row]) -> str:
    table = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def as_markdown(rows: Sequence[Row]) -> str:
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells) + " |" for row in rows
    ]
    return "\n".join(lines)


def write_markdown(path: Path, rows: Sequence[Row]) -> None:
    """Replace the table between the two markers of ``path``, or write it as a new file."""
    table = f"{BEGIN}\n{as_markdown(rows)}\n{END}"
    if path.exists() and BEGIN in (text := path.read_text()):
        head, _, rest = text.partition(BEGIN)
        path.write_text(head + table + rest.partition(END)[2])
    else:
        path.write_text(table + "\n")


def summary(rows: Sequence[Row]) -> str:
    hunted = {row.case for row in rows if row.expected == "fails" and row.outcome != "not run"}
    found = {row.case for row in rows if row.expected == "fails" and row.is_ok}
    alarms = [row for row in rows if row.expected == "does not fail" and row.outcome == "failed"]
    missed = ", ".join(sorted(hunted - found)) or "none"
    text = (
        f"Found {len(found)} of {len(hunted)} races between threads (missed: {missed}); "
        f"{len(alarms)} false alarms."
    )
    plain = [row for row in rows if row.expected == NEEDS_INSTRUMENT and row.outcome != "not run"]
    if plain:
        without = sorted(row.case for row in plain if row.outcome == "failed")
        text += f" Of {len(plain)} run without --instrument, too, {len(without)} were found: "
        text += ", ".join(without) + "."
    return text


# The command line


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    default = REPOSITORY.parent / "shared" / "zoo"
    add("zoo", nargs="?", type=Path, default=default, help="the folder with the cases")
    add("--envs", type=Path, default=REPOSITORY / ".zoo", help="where environments are made")
    add("--pythons", metavar="VERSIONS", help="only these, e.g. 3.11,3.12 (default: all found)")
    add("--only", action="append", default=[], metavar="NAME", help="cases that begin so")
    add("--variant", choices=("buggy", "fixed", "control"), help="only this variant")
    add("--jobs", type=int, default=1, help="how many cases at a time")
    add("--schedules", type=int, default=2000)
    add("--time", type=float, default=60, help="seconds for each run")
    add("--seed", type=int, default=1)
    add("--both", action="store_true", help="run without --instrument, too")
    add("--native", type=int, default=0, metavar="N", help="plain pytest N times instead")
    add("--build-only", action="store_true", help="make the environments and stop")
    add("--markdown", type=Path, metavar="FILE", help="write the table into FILE")
    add("--extra", action="append", default=[], metavar="OPTION", help="passed on to explore")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    folders = sorted(options.zoo.glob("*/meta.json")) if options.zoo.is_dir() else []
    if not folders:
        print(f"zoo: no cases in {options.zoo}: name the zoo's folder as argument", file=sys.stderr)
        return 2
    cases = [read_case(path.parent) for path in folders]
    if options.only:
        cases = [case for case in cases if case.folder.name.startswith(tuple(options.only))]
    interpreters = find_interpreters()
    if options.pythons:
        asked = options.pythons.split(",")
        interpreters = {key: path for key, path in interpreters.items() if key in asked}
    plans = [
        choose(case, variant, interpreters)
        for case in cases
        for variant in case.variants
        if options.variant in (None, variant)
    ]
    envs = options.envs.resolve()
    settings = Settings(
        envs, options.schedules, options.time, options.seed, options.native, tuple(options.extra)
    )
    plans = build_all(plans, envs, max(options.jobs, os.cpu_count() or 1))
    if options.build_only:
        for plan in plans:
            print(f"{plan.name} py{plan.version}: {plan.problem or plan.note or 'ready'}")
        return 0
    rows: list[Row] = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [
            pool.submit(measure, plan, settings, with_instrument=with_instrument)
            for plan in plans
            for with_instrument in _modes(plan, both=options.both, native=settings.native > 0)
        ]
        for run in runs:
            rows.append(run.result())
            print("  ".join(rows[-1].cells), file=sys.stderr, flush=True)
    print(as_text(rows))
    print(summary(rows))
    if options.markdown:
        write_markdown(options.markdown, rows)
    return 0 if all(row.is_ok is not False for row in rows) else 1


def _modes(plan: Plan, *, both: bool, native: bool) -> tuple[bool, ...]:
    if native or plan.problem or plan.case.number not in INSTRUMENT:
        return (False,)
    return (False, True) if both and plan.variant == "buggy" else (True,)


if __name__ == "__main__":
    sys.exit(main())
