"""One question to a model, and its answer: within limits of time and size, or a reason why not.

The package ``openai`` speaks the protocol and keeps up with it. What it would do unasked is taken
from it: its retries and its redirects, the headers that tell of this machine, and reading an answer
of any length. It is imported when the first question is asked.

A server may be slow in every way: in resolving its name, byte by byte in its headers, in never
ending. No option of a client bounds all of these, so the request is made in a thread, and waited
for no longer than the limit; a thread that is given up does not keep the process from ending.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from racewright import __version__, originals
from racewright.language_model.answers import content_of, detail_of
from racewright.language_model.endpoint import KEY, Endpoint
from racewright.language_model.failures import ModelFailure
from racewright.model.consultation import Consultation
from racewright.report.review_words import mask
from racewright.report.wording import clean, fit

__all__ = ["Client", "Limits", "Message", "ModelFailure", "why_no_client"]

#: Bytes that are read of an answer that is a refusal: what it says fits in less.
_MOST_REFUSAL: Final = 4096
#: Headers of a request that leave this machine.
_SENT: Final = frozenset(
    [
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "x-stainless-raw-response",  # by which the client knows later on that we read the answer
    ]
)
#: Refusals that may be over in a moment.
_PASSING: Final = frozenset([429, 500, 502, 503, 504])
#: Where exceptions come from that are the network's, not mistakes of ours.
_FOREIGN: Final = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "h11", "ssl", "socket")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited, and how much is read."""

    request: float = 120.0  #: seconds for one request
    total: float = 300.0  #: seconds for all of a command
    answer: int = 1_000_000  #: bytes of one answer
    retries: int = 2  #: of one request
    pause: float = 1.0  #: seconds before the first of them; before the next, four times as long
    longest_pause: float = 20.0  #: that a server may ask for


@dataclass(frozen=True, slots=True)
class Message:
    """A part of a request."""

    role: str  #: ``system``: what is wanted; ``user``: the data
    content: str


def why_no_client() -> str:
    """Why nothing can be asked: the package is not here."""
    if importlib.util.find_spec("openai") is not None:
        return ""
    hint = "pip install 'racewright[model]'"
    return f"--model needs the package openai, which is not installed:\n  {hint}"


class Client:
    """Asks one model at one endpoint, and counts what goes there and comes back."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        limits: Limits | None = None,
        *,
        pause: Callable[[float], None] = originals.sleep,
    ) -> None:
        self.model = model
        self.endpoint = endpoint
        self.limits = limits or Limits()
        self.requests = 0
        self.sent = 0  #: characters
        self.received = 0  #: bytes
        self._pause = pause
        self._end = 0.0  #: when the time of the command is over; set by the first question
        self._speaker: Any = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        if self._speaker is not None:
            self._speaker.close()

    def body(self, messages: Sequence[Message]) -> dict[str, Any]:
        """What a request says."""
        said = [{"role": each.role, "content": each.content} for each in messages]
        return {"model": self.model, "messages": said}

    def shown(self, messages: Sequence[Message]) -> str:
        """A request as it would be sent, without the key."""
        key = "Authorization: Bearer ***\n" if self.endpoint.key else ""
        headers = f"Content-Type: application/json\nUser-Agent: {_agent()}\n{key}"
        body = json.dumps(self.body(messages), indent=2, ensure_ascii=False)
        # It is still JSON, and says the same, with nothing in it that a terminal obeys.
        plain = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in body)
        return f"POST {self.endpoint.url}/chat/completions\n{headers}\n{plain}\n"

    def consultation(
        self,
        *,
        claims: int,
        kept: int,
        dropped: tuple[tuple[str, int], ...],
        unsent: tuple[str, ...],
        failure: str,
    ) -> Consultation:
        """How the model was asked until now, and what became of its answers."""
        return Consultation(
            model=self.model,
            endpoint=self.endpoint.host,
            requests=self.requests,
            sent=self.sent,
            received=self.received,
            claims=claims,
            kept=kept,
            dropped=dropped,
            unsent=unsent,
            failure=failure,
        )

    def ask(self, messages: Sequence[Message]) -> str:
        """The text of the answer; raises :class:`ModelFailure`."""
        now = originals.monotonic()
        self._end = self._end or now + self.limits.total
        pause = self.limits.pause
        for attempt in range(self.limits.retries + 1):
            try:
                return content_of(self._once(messages))
            except ModelFailure as failure:
                wait = max(pause, failure.pause)
                is_late = originals.monotonic() + wait >= self._end
                if not failure.is_passing or attempt == self.limits.retries or is_late:
                    raise
                if wait > self.limits.longest_pause:
                    raise
                self._pause(wait)
                pause *= 4
        raise AssertionError("the last attempt returns or raises")

    # --- One request ---

    def _once(self, messages: Sequence[Message]) -> bytes:
        limit = min(self.limits.request, self._end - originals.monotonic())
        if limit <= 0:
            raise ModelFailure(f"the {self.limits.total:g} seconds for all requests are over")
        body = self.body(messages)
        completions = self._client().with_options(timeout=limit).chat.completions
        self.requests += 1
        self.sent += sum(len(each.content) for each in messages)
        outcome: list[bytes | BaseException] = []
        is_done = threading.Event()

        def work() -> None:
            try:
                outcome.append(self._send(completions, body, originals.monotonic() + limit))
            except BaseException as error:
                outcome.append(error)
            is_done.set()

        threading.Thread(target=work, name="racewright-model", daemon=True).start()
        if not is_done.wait(limit):
            raise ModelFailure(f"there was no answer within {limit:.3g} seconds")
        (found,) = outcome
        if isinstance(found, bytes):
            return found
        raise self._failure(found, limit) from found

    def _send(self, completions: Any, body: dict[str, Any], end: float) -> bytes:
        with completions.with_streaming_response.create(**body) as response:
            return self._read(response.http_response, self.limits.answer, end)

    def _client(self) -> Any:
        if self._speaker is None:
            try:
                from openai import DefaultHttpxClient, OpenAI
            except ImportError as error:
                reason = self._quoted(str(error))
                raise ModelFailure(f"the package openai cannot be used: {reason}") from error
            self._speaker = OpenAI(
                # Without one it would look for others in the environment.
                api_key=self.endpoint.key or "none",
                base_url=self.endpoint.url,
                max_retries=0,
                http_client=DefaultHttpxClient(
                    follow_redirects=False,
                    event_hooks={"request": [self._reduce], "response": [self._refuse]},
                ),
            )
        return self._speaker

    def _reduce(self, request: Any) -> None:
        """Leave in a request only the headers that it needs."""
        for name in [*request.headers]:
            if name.lower() not in _SENT:
                del request.headers[name]
        if not self.endpoint.key:
            request.headers.pop("authorization", None)
        request.headers["user-agent"] = _agent()
        request.headers["accept-encoding"] = "identity"
        request.headers["connection"] = "close"

    def _refuse(self, response: Any) -> None:
        """Raise what a refusal says, before anybody reads all of it."""
        status = int(response.status_code)
        if status < 300:
            return
        detail = ""
        with contextlib.suppress(ModelFailure):
            end = originals.monotonic() + 2.0
            detail = detail_of(self._read(response, _MOST_REFUSAL, end, is_cut=True))
        raise self._refusal(status, response.headers, self._quoted(detail))

    def _read(self, response: Any, most: int, end: float, *, is_cut: bool = False) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelFailure("the answer is compressed, although it was not to be")
        found = bytearray()
        for chunk in response.iter_raw():
            self.received += len(chunk)
            found += chunk
            if len(found) > most:
                if is_cut:
                    break
                raise ModelFailure(f"the answer is longer than {most:,} bytes")
            if originals.monotonic() >= end:
                raise ModelFailure("the answer did not end in time")
        return bytes(found[:most])

    # --- What went wrong ---

    def _refusal(self, status: int, headers: Any, detail: str) -> ModelFailure:
        host = self.endpoint.host
        if 300 <= status < 400:
            there = self._quoted(headers.get("location", "")) or "elsewhere"
            return ModelFailure(
                f"{host} points to {there}, and nothing was sent there; if that is right, name it "
                "as --endpoint"
            )
        told = {
            401: f"{host} does not accept the key" if self.endpoint.key else "a key is needed",
            403: f"{host} does not allow this",
            404: f"{host} has no model {clean(self.model)!r}, or another address",
            429: f"{host} takes no more requests now",
        }.get(status, f"{host} failed" if status >= 500 else f"{host} refuses the request")
        hint = f"; it is read from {KEY}" if status == 401 else ""
        said = f": {detail}" if detail else ""
        return ModelFailure(
            f"{told} (status {status}{hint}){said}", status in _PASSING, _seconds(headers)
        )

    def _failure(self, error: BaseException, limit: float) -> BaseException:
        chain = [*_causes(error)]
        for each in chain:
            if isinstance(each, ModelFailure):
                return each
        if not any(type(each).__module__.partition(".")[0] in _FOREIGN for each in chain) and not (
            isinstance(error, OSError)
        ):
            return error  # a mistake of ours
        host = self.endpoint.host
        names = {type(each).__name__ for each in chain}
        if any("Timeout" in name for name in names):
            return ModelFailure(f"there was no answer within {limit:.3g} seconds")
        said = self._quoted(str(chain[-1]) or str(error))
        if any(isinstance(each, socket.gaierror) for each in chain):
            return ModelFailure(f"nobody knows the name of {host}: {said}")
        if any(isinstance(each, ssl.SSLError) for each in chain) or "SSL" in said:
            return ModelFailure(f"no encrypted connection with {host}: {said}")
        if "ConnectError" in names:
            return ModelFailure(f"no connection with {host}: {said}")
        if names & {"RemoteProtocolError", "ReadError", "WriteError"}:
            return ModelFailure(f"{host} broke off, or does not speak HTTP: {said}", True)
        return ModelFailure(f"{host} could not be asked: {said}")

    def _quoted(self, text: str) -> str:
        """What somebody else says, fit to be shown: short, on one line, without the key."""
        if self.endpoint.key:
            text = text.replace(self.endpoint.key, "***")
        return fit(clean(mask(" ".join(text.split()))), 200)


def _agent() -> str:
    return f"racewright/{__version__}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _seconds(headers: Any) -> float:
    """The pause that a server asks for; none if that is no number of seconds."""
    try:
        found = float(headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
    return found if math.isfinite(found) and found > 0 else 0.0
