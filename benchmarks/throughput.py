"""How many executions a second: exploring, beside plain threads, and beside frontrun 0.7.0.

The programs are in ``kernels.py``. Each is run again and again on plain threads, in a process that
knows nothing of Racewright, and explored: in one process and in a worker, at random and with the
default portfolio. Failures do not stop it. The machine may be noisy, so repetitions are
interleaved, and what is printed is the median of the ratios within each repetition.

    python benchmarks/throughput.py --markdown docs/reference/speed.md

Two environments are made below ``--envs``: one with Racewright, one with frontrun. Beside the speed
it measures how memory grows from 1,000 to 20,000 executions, and by how much a run slows code that
is not instrumented.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kernels import Kernel

HERE: Final = Path(__file__).resolve().parent
REPOSITORY: Final = HERE.parent
FRONTRUN: Final = "frontrun==0.7.0"

#: How ours are explored: the heading, the isolation, the strategy, and whether the C is used.
WAYS: Final[dict[str, tuple[str, str, bool]]] = {
    "in process, random": ("none", "random", True),
    "in process, auto": ("none", "auto", True),
    "worker, random": ("worker", "random", True),
    "worker, auto": ("worker", "auto", True),
    "pure Python: in process, random": ("none", "random", False),
    "pure Python: worker, auto": ("worker", "auto", False),
}
#: What frontrun is compared with: the way that is most like its own (a call, in one process), and
#: the one that a user of ours gets without asking.
BESIDE_FRONTRUN: Final = ("in process, random", "worker, auto")

#: Executions a second: of the clock on the wall, and of this process's and its children's work.
Rates = tuple[float, float]

#: Of frontrun's two strategies the faster one counts; both without what costs time and is not used.
FRONTRUN_WAYS: Final[tuple[dict[str, Any], ...]] = (
    {
        "strategy": "dpor",
        "stop_on_first": False,
        "preemption_bound": None,
        "max_executions": 200,
        "total_timeout": 2.0,
    },
    {"strategy": "random", "max_attempts": 100, "seed": 1},
)

BEGIN, END = "<!-- table: benchmarks/throughput.py --markdown -->", "<!-- end of table -->"


# ---------------------------------------------------------------------- in a process of its own


def kernels() -> tuple[Kernel, ...]:
    sys.path.insert(0, str(HERE))
    found: tuple[Kernel, ...] = importlib.import_module("kernels").KERNELS
    return found


class Watch:
    """Tells how long something took, on the wall and of the processors."""

    def __init__(self) -> None:
        self.wall, self.work = time.perf_counter(), self.worked()

    @staticmethod
    def worked() -> float:
        return sum(os.times()[:4])

    def rates(self, count: int) -> Rates:
        work = max(0.01, self.worked() - self.work)
        return count / (time.perf_counter() - self.wall), count / work


def measure_plain(number: int, seconds: float) -> Rates:
    """On plain threads."""
    program = kernels()[number].program
    count = 0
    watch = Watch()
    while time.perf_counter() - watch.wall < seconds:
        for _ in range(20):
            try:
                program()
            except AssertionError:
                pass
        count += 20
    return watch.rates(count)


def explored(number: int, **options: Any) -> tuple[Any, Any, Callable[..., Any]]:
    """A kernel as a program of ours, its settings, and what explores it; under control."""
    from racewright.search.control import take_control

    # Control comes first, and what is below the root is instrumented as it is imported.
    root = tempfile.mkdtemp()
    take_control(str(HERE))
    from racewright.search.explore import explore_program
    from racewright.search.programs import CallableProgram
    from racewright.settings import Settings

    kernel = kernels()[number]
    settings = Settings(
        jobs=1, keep_going=True, minimise=False, corpus=False, save=False, root=root, **options
    )
    return CallableProgram(kernel.name, kernel.program), settings, explore_program


def measure_ours(number: int, seconds: float, isolation: str, strategy: str) -> Rates:
    program, settings, explore = explored(
        number, schedules=500, isolation=isolation, strategy=strategy
    )
    first = explore(program, settings)
    count = max(500, int(seconds * first.executions / first.seconds))
    watch = Watch()
    result = explore(program, settings.replace(schedules=count))
    rates = watch.rates(result.executions)
    if result.outcome not in ("passed", "failed") or not result.decisions:
        raise SystemExit(f"{program.name}: {result.outcome} {result.reason}")
    return rates


def measure_frontrun(number: int, seconds: float, way: int) -> Rates:
    """Run by frontrun's own command, in its own environment."""
    frontrun: Any = importlib.import_module("frontrun")

    kernel = kernels()[number]
    count = calls = 0
    watch = Watch()
    while time.perf_counter() - watch.wall < seconds:
        options = dict(FRONTRUN_WAYS[way])
        if "seed" in options:
            options["seed"] = calls
        result = frontrun.explore(
            setup=kernel.setup,
            workers=list(kernel.workers),
            invariant=kernel.invariant,
            reproduce_on_failure=0,
            detect_io=False,
            **options,
        )
        count += result.num_explored
        calls += 1
    return watch.rates(count)


def measure_memory(number: int, executions: int) -> tuple[int, int]:
    """Resident bytes after the first 1,000 executions, and after all of them."""
    program, settings, explore = explored(
        number, schedules=executions, isolation="none", strategy="auto"
    )
    sizes: list[int] = []

    def note(tally: Any, *_: object) -> None:
        if tally.executions >= 1000 and not sizes:
            sizes.append(resident())

    explore(program, settings, on_progress=note)
    return sizes[0], resident()


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def compute() -> float:
    """Processor time of a computation in pure Python, none of it instrumented."""
    began = time.process_time()
    for number in range(12):
        values = {f"key {key}": [key, str(key), {"n": key * number}] for key in range(40)}
        text = json.dumps(values, indent=1, sort_keys=True)
        re.purge()
        found = re.findall(rf'"key ({number}\d|\d+)": \[\s*(\d+),', text)
        textwrap.wrap(" ".join(key for key, _ in found) + text, 60)
    return time.process_time() - began


def measure_slowdown() -> float:
    """How many times longer the same computation takes in a task of a run."""
    from racewright.search.control import take_control

    take_control(tempfile.mkdtemp())
    from racewright.run import run_once
    from racewright.search.programs import CallableProgram
    from racewright.settings import Settings
    from racewright.strategies.random_walk import RandomWalk

    spent: list[float] = []

    def program() -> None:
        thread = threading.Thread(target=lambda: spent.append(compute()))
        thread.start()
        thread.join()

    strategy, settings = RandomWalk(), Settings()
    ratios = []
    gc.disable()  # as in a run
    for _ in range(15):
        native = compute()
        strategy.begin()
        run_once(CallableProgram("computation", program), strategy, settings)
        ratios.append(spent.pop() / native)
        gc.collect()
    return statistics.median(ratios)


def measure(what: Sequence[str]) -> object:
    kind, *rest = what
    numbers = [
        float(item) if "." in item else int(item) if item.isdigit() else item for item in rest
    ]
    measures: dict[str, Callable[..., object]] = {
        "plain": measure_plain,
        "ours": measure_ours,
        "frontrun": measure_frontrun,
        "memory": measure_memory,
        "slowdown": measure_slowdown,
    }
    return measures[kind](*numbers)


# ---------------------------------------------------------------------- environments


@dataclass(frozen=True)
class Environments:
    """Where each thing that is compared is installed."""

    ours: Path
    frontrun: Path | None

    def run(self, way: str, *what: object) -> Any:
        """One measurement in a fresh process."""
        arguments = [str(HERE / "throughput.py"), "--measure", *map(str, what)]
        environ = {**os.environ, "PYTHONHASHSEED": "0"}
        environ.pop("PYTHONPATH", None)
        if way == "frontrun":
            assert self.frontrun is not None
            command = [str(self.frontrun / "bin" / "frontrun"), str(self.frontrun / "bin/python")]
        else:
            command = [str(self.ours / "bin" / "python")]
            environ["RACEWRIGHT_PURE"] = str(int(way == "pure"))
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=environ)
        if done.returncode:
            print(done.stderr.strip()[-500:], file=sys.stderr)
            return None
        return json.loads(done.stdout.strip().splitlines()[-1])


def build(folder: Path, *, with_frontrun: bool) -> Environments:
    """Make what is missing; ours is installed anew, for it may have changed."""
    ours = environment(folder / "racewright")
    with tempfile.TemporaryDirectory() as source:  # building leaves its traces where the source is
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
            shutil.copy(REPOSITORY / name, source)
        ignored = shutil.ignore_patterns("*.egg-info", "__pycache__")
        shutil.copytree(REPOSITORY / "src", Path(source) / "src", ignore=ignored)
        pip(ours, "--force-reinstall", source)
    if not with_frontrun:
        return Environments(ours, None)
    theirs = environment(folder / "frontrun")
    pip(theirs, FRONTRUN)
    return Environments(ours, theirs)


def environment(folder: Path) -> Path:
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    return folder


def pip(folder: Path, *what: str) -> None:
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *what]
    subprocess.run(command, check=True, cwd=folder)


# ---------------------------------------------------------------------- the table


@dataclass
class Row:
    """The repetitions of one kernel."""

    name: str
    plain: list[Rates] = field(default_factory=list)
    ours: dict[str, list[Rates]] = field(default_factory=lambda: {way: [] for way in WAYS})
    frontrun: list[Rates] = field(default_factory=list)

    def ratio(self, way: str, clock: int) -> float:
        """By the clock on the wall (0), or by the processors' work (1)."""
        pairs = zip(self.ours[way], self.plain, strict=True)
        return statistics.median(mine[clock] / plain[clock] for mine, plain in pairs)

    def times_frontrun(self, way: str) -> float | None:
        if not self.frontrun:
            return None
        pairs = zip(self.ours[way], self.frontrun, strict=True)
        return statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)


def rate_of(measured: Sequence[Rates]) -> str:
    return f"{statistics.median(rates[0] for rates in measured):,.0f}/s"


def repeat(envs: Environments, numbered: Sequence[tuple[int, Kernel]], options: Any) -> list[Row]:
    rows = [Row(kernel.name) for _, kernel in numbered]
    for repetition in range(options.repetitions):
        for row, (number, kernel) in zip(rows, numbered, strict=True):
            row.plain.append(envs.run("ours", "plain", number, options.seconds))
            for way, (isolation, strategy, is_compiled) in WAYS.items():
                rate = envs.run(
                    "ours" if is_compiled else "pure",
                    *("ours", number, options.seconds, isolation, strategy),
                )
                row.ours[way].append(rate)
            if envs.frontrun is not None and kernel.setup is not None:
                rates = [
                    envs.run("frontrun", "frontrun", number, options.seconds, way)
                    for way in range(len(FRONTRUN_WAYS))
                ]
                row.frontrun.append(max(rate or (0.1, 0.1) for rate in rates))
            print(f"  {repetition + 1}/{options.repetitions} {row.name}", file=sys.stderr)
    return rows


def table(rows: Sequence[Row]) -> list[list[str]]:
    beside = [f"{way} / frontrun" for way in BESIDE_FRONTRUN]
    lines = [["kernel", "plain threads", *WAYS, "frontrun", *beside]]
    for row in rows:
        line = [row.name, rate_of(row.plain)]
        for way in WAYS:
            ratios = f"{row.ratio(way, 0):.2f}, {row.ratio(way, 1):.2f}"
            line.append(f"{ratios} ({rate_of(row.ours[way])})")
        line.append(rate_of(row.frontrun) if row.frontrun else "-")
        for way in BESIDE_FRONTRUN:
            times = row.times_frontrun(way)
            line.append(f"{times:.1f}" if times is not None else "-")
        lines.append(line)
    last = ["median", ""]
    for way in WAYS:
        wall, work = (statistics.median(row.ratio(way, clock) for row in rows) for clock in (0, 1))
        last.append(f"{wall:.2f}, {work:.2f}")
    last.append("")
    for way in BESIDE_FRONTRUN:
        every = [times for row in rows if (times := row.times_frontrun(way)) is not None]
        last.append(f"{statistics.median(every):.1f}" if every else "-")
    lines.append(last)
    return lines


def as_text(lines: Sequence[Sequence[str]]) -> str:
    """One block a kernel: the table is too wide for a terminal."""
    heads = lines[0]
    width = max(map(len, heads))
    blocks = []
    for line in lines[1:]:
        cells = [
            f"  {head:{width}}  {cell}" for head, cell in zip(heads[1:], line[1:], strict=True)
        ]
        blocks.append("\n".join([line[0], *(cell for cell in cells if cell.strip() != "")]))
    return "\n".join(blocks)


def as_markdown(lines: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(lines[0])
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]])


PAGE: Final = """# Speed

How many times as many executions as the same program makes on plain threads: in a second of the
clock on the wall, and in a second of processor time, which a loaded machine disturbs less; in
brackets, executions in a second of the wall. *In process* repeats the program in one process
(`isolation="none"`); *worker* is what `racewright explore --jobs 1` does. *Pure Python* is what
runs where no C compiler was at hand, or with `RACEWRIGHT_PURE=1`. frontrun is 0.7.0, with the
faster of its two strategies.

To measure it again (about {minutes} minutes; absolute numbers depend on the machine, and ratios
within a run less so):

    python benchmarks/throughput.py --markdown docs/reference/speed.md

{begin}
{table}

{notes}
{end}
"""


def write_markdown(path: Path, lines: Sequence[Sequence[str]], notes: str, minutes: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = PAGE.format(
        minutes=max(1, round(minutes)),
        begin=BEGIN,
        end=END,
        table=as_markdown(lines),
        notes=notes,
    )
    path.write_text(text)


def describe_others(envs: Environments, rows: int) -> str:
    """Memory and code that is not instrumented, in words."""
    grown = []
    for number in range(rows):
        sizes = envs.run("ours", "memory", number, 20_000)
        if sizes is not None:
            grown.append((sizes[1] - sizes[0]) / 2**20)
    slower = (envs.run("ours", "slowdown") - 1) * 100
    return (
        f"Memory after 20,000 executions, above that after 1,000: {max(grown):.1f} MB at the most "
        f"({min(grown):.1f} MB at the least).\n"
        f"Code that is not instrumented, in a run: {slower:+.1f} % of its time outside.\n"
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the end."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--envs", type=Path, default=REPOSITORY / ".bench", help="environments")
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--only", action="append", default=[], help="kernels with this in the name")
    parser.add_argument("--no-frontrun", action="store_true")
    parser.add_argument("--no-build", action="store_true", help="the environments are there")
    parser.add_argument("--no-others", action="store_true", help="neither memory nor slowdown")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return 0
    began = time.monotonic()
    folder = options.envs.resolve()
    if options.no_build:
        envs = Environments(
            folder / "racewright", None if options.no_frontrun else folder / "frontrun"
        )
    else:
        envs = build(folder, with_frontrun=not options.no_frontrun)
    every = list(enumerate(kernels()))
    chosen = [
        pair
        for pair in every
        if not options.only or any(part in pair[1].name for part in options.only)
    ]
    lines = table(repeat(envs, chosen, options))
    print(as_text(lines))
    notes = "" if options.no_others else describe_others(envs, len(every))
    print(notes)
    if options.markdown:
        write_markdown(options.markdown, lines, notes, (time.monotonic() - began) / 60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
