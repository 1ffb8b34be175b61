"""What ``racewright audit`` and ``racewright review`` have in common under ``--model``.

Without that option nothing here runs, and nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from racewright.errors import UsageError
from racewright.model.claim import Audit
from racewright.model.finding import Review
from racewright.report.wording import clean

if TYPE_CHECKING:
    from racewright.audit.code import Code
    from racewright.audit.texts import Text
    from racewright.language_model import Client, Message
    from racewright.review import ReviewSettings

__all__ = ["MODEL_OPTIONS", "audit_with_model", "begin_asking", "review_with_model"]

MODEL_OPTIONS: list[Callable[[Any], Any]] = [
    click.option(
        "--model",
        metavar="NAME",
        help="Ask this language model as well; what it says is checked as a review is.",
    ),
    click.option(
        "--endpoint",
        metavar="URL",
        help="With --model: where it is, up to where /chat/completions follows. Default: "
        "RACEWRIGHT_MODEL_ENDPOINT, or pyproject.toml. The key is RACEWRIGHT_MODEL_KEY.",
    ),
    click.option(
        "--model-show",
        is_flag=True,
        help="With --model: print what would be sent, and send nothing.",
    ),
    click.option(
        "--model-time",
        type=click.FloatRange(min=1),
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="With --model: wait no longer than this for all its answers.",
    ),
]

#: Options that mean nothing without ``--model``, and what they are then.
_NEEDS = {"endpoint": None, "model_show": False, "model_time": 300.0}


def begin_asking(options: dict[str, Any]) -> None:
    """Refuse what cannot be done, before anything is read."""
    name = options["model"]
    if name is None:
        for word, default in _NEEDS.items():
            if options[word] != default:
                raise UsageError(f"--{word.replace('_', '-')} is for --model, which is not given")
        return
    from racewright.language_model import why_no_client

    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise UsageError(f"--model: {name[:60]!r} is no name of a model")
    for word in ("suggest", "write_baseline"):
        if options.get(word):
            raise UsageError(
                f"--{word.replace('_', '-')} prints no report, so --model is not for it"
            )
    if not options["model_show"] and (why := why_no_client()):
        raise UsageError(why)
    _client(options)  # says what is wrong with the endpoint


def audit_with_model(
    made: Audit, texts: Sequence[Text], code: Code, options: dict[str, Any]
) -> Audit:
    """The audit, and behind it what the model extracted; or end, if only that is to be shown."""
    if options["model"] is None:
        return made
    from racewright.language_model import requests_for, with_claims

    with _client(options) as client, _progress(is_quiet=False) as on_progress:
        if options["model_show"]:
            _show(client, requests_for(made, texts, code))
        asked = with_claims(made, texts, code, client, on_progress)
    _tell(asked.model.failure if asked.model is not None else "", options["model"])
    return asked


def review_with_model(
    made: Review,
    settings: ReviewSettings,
    changes: dict[str, list[range]] | None,
    options: dict[str, Any],
) -> Review:
    """The review, and beside it what holds of the model's; or end, if only that is to be shown."""
    if options["model"] is None:
        return made
    from racewright.language_model import review_requests, with_review
    from racewright.review.source import files_in, shown_path

    paths = [
        path
        for path in files_in(settings.paths, settings.exclude)
        if changes is None or changes.get(shown_path(path))
    ]
    with _client(options) as client, _progress(options["quiet"]) as on_progress:
        if options["model_show"]:
            _show(client, review_requests(paths))
        asked = with_review(made, paths, client, on_progress)
    _tell(asked.model.failure if asked.model is not None else "", options["model"])
    return asked


def _client(options: dict[str, Any]) -> Client:
    from racewright.language_model import Client, Limits, endpoint_for

    endpoint = endpoint_for(options["endpoint"] or "", os.getcwd(), os.environ)
    return Client(options["model"], endpoint, Limits(total=options["model_time"]))


@contextlib.contextmanager
def _progress(is_quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on a terminal, nothing elsewhere."""
    is_shown = not is_quiet and sys.stderr.isatty() and not os.environ.get("CI")

    def tell(step: str) -> None:
        if is_shown:
            click.echo(f"\r\x1b[K{clean(step)[:100]}", err=True, nl=False)

    try:
        yield tell
    finally:
        if is_shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _show(client: Client, requests: Iterable[Sequence[Message]]) -> None:
    shown = [client.shown(messages) for messages in requests]
    click.echo("\n".join(shown) if shown else "There is nothing to send.")
    sys.exit(0)


def _tell(failure: str, name: str) -> None:
    if failure:
        click.echo(
            f"racewright: the model {clean(name)} was not heard to the end: {clean(failure)}",
            err=True,
        )
