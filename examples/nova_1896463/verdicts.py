"""What the output of one run of a test says: its verdict, and the story that it tells."""

import re
from collections.abc import Iterator

PASSED = "passed"
FREED = "1 != 0"  # the claim of the PCI device is gone: what the bug does
IMPOSSIBLE = "order impossible"
NOT_REACHED = "order not reached"

#: What the report of an order that does not come about must name: who waits, and who is in the way.
EVACUATION = "self.rt.finish_evacuation("
PERIODIC = "self._update_available_resource("


def verdict_of(output: str) -> str:
    """One of the above, or what else happened, in a few words."""
    if re.search(r"^Ran 1 test in .*\nOK", output, re.MULTILINE):
        return PASSED
    for error, verdict in (("OrderImpossible", IMPOSSIBLE), ("OrderNotReached", NOT_REACHED)):
        if f"racewright.errors.{error}: " in output:
            missing = [name for name in (EVACUATION, PERIODIC) if name not in culprits_in(output)]
            return f"{verdict}, but {missing[0]} is not named" if missing else verdict
    if "MismatchError: 1 != 0\n" in output:
        return FREED
    errors = re.findall(r"^([\w.]+(?:Error|Exception|Leaked|Happened)\b.*)$", output, re.MULTILINE)
    return f"{errors[-1][:60]}" if errors else "no result"


def story_in(output: str) -> str:
    """The failure's message, which tells the story, without what other tasks were doing."""
    lines = list(_message(output))
    try:
        start = lines.index("The tasks, as they stood then:") + 1
    except ValueError:
        return "\n".join(lines)
    return "\n".join(
        lines[:start] + [line for block in _tasks(lines[start:])[:2] for line in block]
    )


def culprits_in(output: str) -> str:
    """The two tasks that keep an order from coming about: who ought to go on, and who is held."""
    return story_in(output).partition("The tasks, as they stood then:")[2]


def _message(output: str) -> Iterator[str]:
    """The lines below the last traceback, up to the summary."""
    below = output.rpartition("Traceback (most recent call last):")[2].splitlines()
    is_below = False
    for line in below:
        is_below = is_below or (bool(line) and not line.startswith(" "))
        if line.startswith("Ran 1 test in "):
            return
        if is_below:
            yield line


def _tasks(lines: list[str]) -> list[list[str]]:
    """Each with its stack: it begins with two spaces, what belongs to it with more."""
    tasks: list[list[str]] = []
    for line in lines:
        if re.match(r" {2}\S", line):
            tasks.append([])
        if tasks and line:
            tasks[-1].append(line)
    return tasks
