"""How often `racewright audit` is right: its verdicts against labels that were given by hand.

    python benchmarks/audit.py                                  the reviews of tests/reviews
    python benchmarks/audit.py --code SITE                      the files as they stand in packages
    python benchmarks/audit.py --founding REVIEWS CODE          a folder with claims.json
    … --founding REVIEWS CODE --report audit.json               an audit made before, with --run

Two kinds of labels are read. Those of tests/reviews quote the words that they are about; a label
takes the claims that are about these words, and is decided as all of them together are. Those of a
claims.json say the claim in words of their own: claims are aligned to them in their order, by the
words that they share; `--verbose` prints the pairs, so that the alignment can be judged.

A FALSE claim that is supported and a TRUE one that is refuted are wrong; so is any verdict on a
claim labelled NOT_CHECKABLE, but that is counted apart: the label may know less than the code.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from racewright.audit import audit, load_code, read_text
from racewright.audit.consistency import words_of
from racewright.model.claim import Claim

ROOT = Path(__file__).parent.parent
REVIEWS = ROOT / "tests" / "reviews"
VERDICT_OF = {"TRUE": "supported", "FALSE": "refuted", "NOT_CHECKABLE": "not checkable"}
FOLDERS = ("open", "kept", "blind", "later", "style", "fresh", "last", "strangers")
#: A claim of these kinds stands beside others on the same words.
BESIDE = ("api-existence", "clarity", "line-reference")


@dataclass(frozen=True)
class Label:
    review: str
    words: str
    kind: str
    label: str
    is_core: bool = True
    is_executed: bool = False
    is_clarity: bool = False


@dataclass(frozen=True)
class Scored:
    label: Label
    claims: tuple[Claim, ...]

    @property
    def verdict(self) -> str:
        verdicts = {claim.verdict for claim in self.claims}
        for verdict in ("refuted", "not checkable", "supported"):
            if verdict in verdicts:
                return verdict
        return "not checkable"

    @property
    def is_wrong(self) -> bool:
        return {self.verdict, VERDICT_OF[self.label.label]} == {"supported", "refuted"}


# -- Labels that quote -----------------------------------------------------------------------------


def quoted(folder: Path, roots: Sequence[Path] = ()) -> Iterator[Scored]:
    """The labels of a folder; the audited file is taken from the first root that has it."""
    for path in sorted(folder.glob("*.labels")):
        first, *lines = path.read_text().splitlines()
        places = [root / first.removeprefix("file: ") for root in (*roots, REVIEWS / "code")]
        code = load_code(str(next(place for place in places if place.exists())))
        review = path.with_suffix(".md")
        made = audit(code, [read_text(str(review))])
        text = made.reviews[0].text
        for line in lines:
            label, kind, quote, _, *mark = line.split(" || ")
            start, end = find(text, quote)
            claims = about(made.claims, start, end, kind)
            is_clarity = kind == "clarity"
            yield Scored(
                Label(path.stem, quote, kind, label, not mark, mark == ["run"], is_clarity), claims
            )


def find(text: str, quote: str) -> tuple[int, int]:
    """Where the words stand, whatever line ends are between them."""
    places = [place for place, char in enumerate(text) if not char.isspace()]
    bare = "".join(text[place] for place in places)
    wanted = "".join(quote.split())
    at = bare.index(wanted)
    return places[at], places[at + len(wanted) - 1] + 1


def about(claims: tuple[Claim, ...], start: int, end: int, kind: str) -> tuple[Claim, ...]:
    """The claims about these words: those of the same kind, if there are any."""
    near = []
    for claim in claims:
        common = min(end, claim.end) - max(start, claim.start)
        if common > 0 and common >= 0.5 * min(end - start, claim.end - claim.start):
            near.append((claim, common / (max(end, claim.end) - min(start, claim.start))))
    for chosen in (
        [each for each in near if each[0].kind == kind],
        [each for each in near if each[0].kind not in BESIDE],
        near if kind in BESIDE else [],
    ):
        if chosen:
            best = max(share for _, share in chosen)
            return tuple(
                claim
                for claim, share in chosen
                if share >= 0.6 * best or (start <= claim.start and claim.end <= end)
            )
    return ()


# -- Labels in their own words ---------------------------------------------------------------------


def from_json(path: Path, seed: str) -> tuple[Claim, ...]:
    """The claims about one review, of a report that was written with --format json."""
    report = json.loads(path.read_text())
    return tuple(
        Claim(
            review=each["review"],
            item=each["item"],
            start=each["start"],
            end=each["end"],
            quote=each["quote"],
            claim=each["claim"],
            kind=each["kind"],
            verdict=each["verdict"],
        )
        for each in report["claims"]
        if each["review"].startswith(seed + "_")
    )


def founding(folder: Path, code_path: str, report: Path | None) -> Iterator[Scored]:
    labels = json.loads((folder / "claims.json").read_text())
    code = load_code(code_path)
    by_seed: dict[str, list[dict[str, object]]] = defaultdict(list)
    for each in labels:
        by_seed[str(each["seed"])].append(each)
    for seed, own in by_seed.items():
        (path,) = folder.glob(f"{seed}_*.txt")
        if report is not None:
            claims_made = from_json(report, seed)
        else:
            claims_made = audit(code, [read_text(str(path))]).claims
        for label, claims in aligned(own, claims_made):
            words = str(label["claim"])
            is_clarity = "clear" in words.lower().split()
            yield Scored(
                Label(
                    seed,
                    words,
                    str(label["kind"]),
                    str(label["label"]),
                    bool(label["core"]),
                    label["check"] == "executed",
                    is_clarity,
                ),
                claims,
            )


def aligned(
    labels: list[dict[str, object]], made: tuple[Claim, ...]
) -> Iterator[tuple[dict[str, object], tuple[Claim, ...]]]:
    """Labels with claims, both in their order, so that the words they share are most."""
    claims = sorted(made, key=lambda claim: (claim.end, -claim.start))
    scores = [[alike(label, claim) for claim in claims] for label in labels]
    best: list[list[float]] = [[0.0] * (len(claims) + 1) for _ in range(len(labels) + 1)]
    for i in range(len(labels) - 1, -1, -1):
        for j in range(len(claims) - 1, -1, -1):
            taken = scores[i][j] + max(best[i + 1][j], best[i + 1][j + 1])
            best[i][j] = max(best[i][j + 1], best[i + 1][j], taken)
    i = j = 0
    while i < len(labels):
        if j == len(claims) or best[i][j] == best[i + 1][j]:
            yield labels[i], ()
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield labels[i], (claims[j],)
            j += 0 if best[i + 1][j] >= best[i + 1][j + 1] else 1
            i += 1


def alike(label: dict[str, object], claim: Claim) -> float:
    wanted = words_of(str(label["claim"]))
    found = words_of(f"{claim.quote} {claim.claim}")
    if not wanted or not found:
        return 0.0
    share = len(wanted & found) / len(wanted) + 0.5 * len(wanted & found) / len(found)
    kind = "clarity" if "clear" in str(label["claim"]).lower().split() else str(label["kind"])
    if share and kind == claim.kind:
        share += 0.4
    is_denied = bool({"no", "not", "never"} & set(str(label["claim"]).lower().split()))
    if share and is_denied == bool({"no", "not", "never"} & set(claim.claim.lower().split())):
        share += 0.1
    return share if share > 0.3 else 0.0


# -- The report ------------------------------------------------------------------------------------


def tell(name: str, scored: list[Scored], *, is_verbose: bool) -> bool:
    """Print the confusion matrix by kind; whether nothing is wrong."""
    print(f"\n{name}: {len(scored)} labelled claims")
    columns = ("supported", "refuted", "not checkable")
    print(f"  {'label':14} {'kind':20} {'supported':>10} {'refuted':>9} {'not checkable':>14}")
    table: Counter[tuple[str, str, str]] = Counter()
    for each in scored:
        kind = "clarity" if each.label.is_clarity else each.label.kind
        table[each.label.label, kind, each.verdict] += 1
    for label in VERDICT_OF:
        kinds = sorted({kind for one, kind, _ in table if one == label})
        for kind in [*kinds, "all"]:
            counts = [
                sum(
                    n
                    for (a, b, c), n in table.items()
                    if a == label and kind in (b, "all") and c == v
                )
                for v in columns
            ]
            print(f"  {label:14} {kind:20} {counts[0]:>10} {counts[1]:>9} {counts[2]:>14}")
    plain = [each for each in scored if not each.label.is_clarity]
    summary("without clarity", plain)
    summary("clarity alone", [each for each in scored if each.label.is_clarity])
    summary("all", scored)
    wrong = [each for each in scored if each.is_wrong]
    for each in scored:
        is_loose = each.label.label == "NOT_CHECKABLE" and each.verdict != "not checkable"
        if each.is_wrong or is_loose or is_verbose:
            mark = "WRONG" if each.is_wrong else "loose" if is_loose else "     "
            claims = "; ".join(" ".join(claim.claim.split())[:70] for claim in each.claims)
            print(
                f"  {mark} {each.label.review} {each.label.label:13} {each.verdict:13} "
                f"{each.label.words[:70]!r} <- {claims}"
            )
    return not wrong


def summary(name: str, scored: list[Scored]) -> None:
    if not scored:
        return
    decided = [each for each in scored if each.verdict != "not checkable"]
    right = [each for each in decided if each.verdict == VERDICT_OF[each.label.label]]
    firm = [each for each in scored if each.label.label != "NOT_CHECKABLE" and each.label.is_core]
    covered = [each for each in firm if each.verdict != "not checkable"]
    wrong = [each for each in scored if each.is_wrong]
    print(
        f"  {name}: {len(decided)} verdicts, {len(right)} agree "
        f"({share(len(right), len(decided))}); {len(wrong)} contradict the label; "
        f"core TRUE or FALSE decided: {len(covered)} of {len(firm)} "
        f"({share(len(covered), len(firm))})"
    )


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--founding", nargs=2, metavar=("REVIEWS", "CODE"))
    parser.add_argument("--report", help="with --founding: the JSON of an audit made before")
    parser.add_argument("--only", choices=FOLDERS)
    parser.add_argument("--code", action="append", default=[], help="look for the files here first")
    parser.add_argument("--verbose", action="store_true", help="every label with its claims")
    given = parser.parse_args()
    is_right = True
    if given.founding:
        folder, code = given.founding
        report = Path(given.report) if given.report else None
        scored = list(founding(Path(folder), code, report))
        return 0 if tell("founding reviews", scored, is_verbose=given.verbose) else 1
    for name in [given.only] if given.only else FOLDERS:
        scored = list(quoted(REVIEWS / name, [Path(root) for root in given.code]))
        is_right &= tell(name, scored, is_verbose=given.verbose)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
