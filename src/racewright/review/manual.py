"""The manual pages of all rules as one page of Markdown: ``docs/reference/rules.md``.

``python -m racewright.review.manual > docs/reference/rules.md`` writes it; a test compares.
"""

from __future__ import annotations

import re
import sys

from racewright.model.finding import PROOFS
from racewright.review.rule import Rule, all_rules

__all__ = ["to_markdown"]

_HEAD = """# Rules

<!-- Written by `python -m racewright.review.manual` from the docstrings of the rules. -->

`racewright rule NAME` prints a page of these. How they are asked is told in [Review a
project](../how-to/review-a-project.md); how one is written, in [Write a
rule](../how-to/write-a-rule.md).
A *defect* can harm who uses the code; an *improvement* cannot.

| rule | kind | weakness | confirmed by | fix | default |
|---|---|---|---|---|---|
"""


def to_markdown() -> str:
    """The whole page."""
    rules = all_rules()
    rows = [
        f"| [{rule.name}](#{rule.name}) | {rule.kind} | {_weakness(rule)} | {rule.proof} "
        f"| `{rule.fix}` | {'off: preview' if rule.preview else 'on'} |\n"
        for rule in rules
    ]
    proofs = "".join(f"* *{word}*: {means}\n" for word, means in PROOFS.items())
    means = f"\nWhat can confirm a finding:\n\n{proofs}"
    return _HEAD + "".join(rows) + means + "".join(map(_page, rules))


def _weakness(rule: Rule) -> str:
    return f"CWE-{rule.cwe}" if rule.cwe else ""


def _page(rule: Rule) -> str:
    summary, _, rest = rule.page.partition("\n\n")
    text = re.sub(r"^([A-Z][^\n]*)\n-{5,}\n", r"**\1.**\n\n", rest, flags=re.MULTILINE)
    text = "\n".join(_with_fences(text.split("\n")))
    text = re.sub(r"``([^`\n]+)``", r"`\1`", text)
    state = f"\n*In preview: {rule.preview}*\n" if rule.preview else ""
    summary = re.sub(r"``([^`]+)``", r"`\1`", summary)
    return f"\n## {rule.name}\n\n{summary}\n{state}\n{text.strip()}\n"


def _with_fences(lines: list[str]) -> list[str]:
    """Blocks that a ``::`` announces, between fences."""
    found: list[str] = []
    is_block = is_first = False
    for line in lines:
        if is_block and line.strip() and not line.startswith("    "):
            _close(found)
            is_block = False
        if is_block:
            if line.strip() or not is_first:
                found.append(line[4:])
                is_first = False
        elif line.rstrip().endswith("::"):
            words = line.rstrip().removesuffix("::").rstrip()
            language = "text" if words else "python"  # after words, it is a drawing
            found += ([f"{words}:", ""] if words else []) + [f"```{language}"]
            is_block = is_first = True
        else:
            found.append(line)
    if is_block:
        _close(found)
    return found


def _close(found: list[str]) -> None:
    while not found[-1].strip():
        found.pop()
    found += ["```", ""]


if __name__ == "__main__":
    sys.stdout.write(to_markdown())
