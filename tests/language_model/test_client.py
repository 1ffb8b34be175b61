"""One question and its answer: within the limits, or with a reason that can be understood."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

pytest.importorskip("openai")

from racewright.language_model import Client, Endpoint, Limits, Message, ModelFailure
from tests.language_model.server import Asked, Reply, completion, raw, saying, serving, status

KEY = "sk-test-0123456789abcdefghij"
MESSAGES = (Message("system", "Answer."), Message("user", "{}"))
QUICK = Limits(request=5.0, total=8.0, answer=2000, pause=0.0)
#: For servers that are to be given up.
SHORT = Limits(request=0.2, total=5.0, answer=2000, pause=0.0)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ask(url: str, limits: Limits = QUICK, key: str = KEY, pauses: Any = None) -> str:
    pause = (lambda _: None) if pauses is None else pauses.append
    with Client("small", Endpoint(url, key), limits, pause=pause) as client:
        return client.ask(MESSAGES)


def failure(*replies: Reply, limits: Limits = QUICK, key: str = KEY) -> str:
    with serving(*replies) as server, pytest.raises(ModelFailure) as error:
        ask(server.url, limits, key)
    return str(error.value)


def test_the_answer_is_what_the_model_wrote() -> None:
    with serving(saying("It is so.")) as server:
        assert ask(server.url) == "It is so."
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "{}"},
        ],
    }


def test_nothing_of_this_machine_is_in_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "of-another-service")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with serving(saying("x")) as server:
        ask(server.url)
        ask(server.url, key="")
    with_key, without = (asked.headers for asked in server.asked)
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in without
    assert with_key["user-agent"].startswith("racewright/")
    assert with_key["accept-encoding"] == "identity"
    assert set(with_key) == {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-stainless-raw-response",
    }
    assert "of-another-service" not in json.dumps([with_key, without])


def test_what_would_be_sent_is_shown_without_the_key_and_without_escapes() -> None:
    client = Client("small", Endpoint("https://example.org/v1", KEY))
    words = "\x1b[31m\u202e é \x7f\U000e0001 " + "long " * 5000
    shown = client.shown([Message("user", words)])
    first, _, body = shown.partition("\n\n")
    assert first.startswith("POST https://example.org/v1/chat/completions\n")
    assert KEY not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert all(line.isprintable() for line in shown.split("\n"))
    assert json.loads(body) == client.body([Message("user", words)])


# --- Answers of a wrong shape ---


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JSON"),
        (b"<html>Welcome</html>", "no JSON"),
        (b'data: {"choices": []}\n\ndata: [DONE]\n\n', "no JSON"),
        (b"\xff\xfe\x00", "no text"),
        (b'{"choices": [{"message"', "no JSON"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"{}", "no choices"),
        (b'{"error": {"message": "out of \x07memory"}}', "no JSON"),
        (b'{"error": {"message": "out of memory"}}', "no choices: out of memory"),
        (b'{"choices": []}', "empty"),
        (b'{"choices": {}}', "no choices"),
        (b'{"choices": [null]}', "no text"),
        (b'{"choices": [{"message": null}]}', "no text"),
        (b'{"choices": [{"message": {"content": 7}}]}', "no text"),
        (b'{"choices": [{"message": {"content": NaN}}]}', "no JSON"),
        (b'{"choices": Infinity}', "no JSON"),
        (b'{"choices": 1' + b"0" * 1800 + b"}", "no choices"),
        (b"[" * 1900, "nested too deeply"),
        (b'{"a":' * 300, "nested too deeply"),
        (b'"' + b'\\"' * 900, "no JSON"),
        (completion(""), "empty"),
        (completion(" \n"), "empty"),
        (completion(None), "no text"),
        (completion([{"type": "text", "text": "x"}]), "no text"),
        (completion("abc", finish_reason="length"), "cut off"),
        (completion(None, message={"refusal": "I cannot"}), "declined"),
        (completion("x" * 3000), "longer than 2,000 bytes"),
    ],
)
def test_an_answer_of_another_shape_is_a_reason(data: bytes, reason: str) -> None:
    assert reason in failure(raw(data))


def test_an_answer_with_a_mark_of_its_encoding_is_read() -> None:
    with serving(raw(b"\xef\xbb\xbf" + completion("so"))) as server:
        assert ask(server.url) == "so"


def test_a_compressed_answer_is_not_unpacked() -> None:
    assert "compressed" in failure(raw(b"\x1f\x8b" * 50, content_encoding="gzip"))


# --- Refusals ---


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, "refuses the request (status 400): why"),
        (401, "does not accept the key (status 401; it is read from RACEWRIGHT_MODEL_KEY): why"),
        (403, "does not allow this (status 403): why"),
        (404, "has no model 'small', or another address (status 404): why"),
        (418, "refuses the request (status 418): why"),
        (429, "takes no more requests now (status 429): why"),
        (500, "failed (status 500): why"),
        (503, "failed (status 503): why"),
    ],
)
def test_a_refusal_is_told_with_its_status(code: int, reason: str) -> None:
    assert reason in failure(status(code, "why"))


def test_without_a_key_a_refusal_says_that_one_is_needed() -> None:
    assert failure(status(401), key="").startswith("a key is needed (status 401")


@pytest.mark.parametrize("detail", [f"the key {KEY} is bad", "token='hunter2hunter2'"])
def test_a_refusal_shows_no_secret(detail: str) -> None:
    told = failure(status(401, detail))
    assert "***" in told
    assert KEY not in told
    assert "hunter2" not in told


def test_a_refusal_shows_no_escapes_and_is_short() -> None:
    told = failure(status(400, "\x1b]0;title\x07\u202e" + "long " * 400))
    assert told.isprintable()
    assert len(told) < 300


def test_a_refusal_that_goes_on_for_ever_is_read_no_further() -> None:
    def endless(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(500)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    assert "failed (status 500)" in failure(endless, limits=Limits(retries=0, request=5.0))


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_told_and_not_followed(code: int) -> None:
    with serving(saying("caught")) as other:
        told = failure(raw(b"", code, location=f"{other.url}/chat/completions"))
    assert other.asked == []
    assert f"points to {other.url}" in told
    assert "nothing was sent there" in told


# --- Again, and how often ---


def test_what_may_pass_is_tried_again_twice() -> None:
    pauses: list[float] = []
    limits = Limits(request=5.0, total=60.0, pause=1.0)
    with serving(status(429), status(503), saying("at last")) as server:
        assert ask(server.url, limits, pauses=pauses) == "at last"
    assert pauses == [1.0, 4.0]
    with serving(status(500)) as server, pytest.raises(ModelFailure):
        ask(server.url, limits)
    assert len(server.asked) == 3


@pytest.mark.parametrize("code", [400, 401, 403, 404, 302])
def test_what_does_not_pass_is_not_tried_again(code: int) -> None:
    with serving(status(code)) as server, pytest.raises(ModelFailure):
        ask(server.url)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("wanted", "paused"),
    [("7", [7.0]), ("0", [1.0]), ("soon", [1.0]), ("nan", [1.0]), ("-5", [1.0]), ("1e9", [])],
)
def test_a_pause_that_is_asked_for_is_made_if_it_is_short(wanted: str, paused: Any) -> None:
    pauses: list[float] = []
    limits = Limits(request=5.0, total=60.0, retries=1)
    with serving(status(429, retry_after=wanted)) as server, pytest.raises(ModelFailure):
        ask(server.url, limits, pauses=pauses)
    assert pauses == paused


def test_no_pause_goes_beyond_the_time_of_the_command() -> None:
    pauses: list[float] = []
    limits = Limits(request=5.0, total=10.0)
    with serving(status(429, retry_after="15")) as server, pytest.raises(ModelFailure):
        ask(server.url, limits, pauses=pauses)
    assert pauses == []


# --- Slow, broken off, endless ---


def silent(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Never answers; ends with the test."""
    over(handler).wait(30)


def over(handler: BaseHTTPRequestHandler) -> Any:
    return handler.server.over  # type: ignore[attr-defined]


def dripping(start: bytes) -> Reply:
    """Writes a byte at a time, as fast as the other side takes one, and never ends."""

    def reply(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.wfile.write(start)
        while not over(handler).wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return reply


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "reply",
    [silent, dripping(HEAD + b"\r\n"), dripping(HEAD + b"X-Slow: "), dripping(b"HTTP/1.1 200 ")],
    ids=["silent", "body", "headers", "first line"],
)
def test_who_does_not_answer_in_time_is_given_up(reply: Reply) -> None:
    told = failure(reply, limits=SHORT)
    assert "there was no answer within 0.2 seconds" in told or "did not end in time" in told


def test_an_answer_without_an_end_is_read_no_further_than_the_limit() -> None:
    written: list[int] = []

    def endless(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.wfile.write(HEAD + b"\r\n")
        while True:
            handler.wfile.write(b"x" * 4096)
            written.append(4096)

    assert "longer than 2,000 bytes" in failure(endless)
    # What the connection holds has been written, and no more: nobody has read on.
    assert sum(written) < 20_000_000


def closing(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "reply",
    [
        closing,
        raw(b"", content_length="50"),
        lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n"),
        lambda handler, _: handler.wfile.write(b"\x00\x01\x02\x03"),
    ],
    ids=["closed", "cut off", "another protocol", "no protocol"],
)
def test_a_connection_that_breaks_off_is_a_reason(reply: Reply) -> None:
    assert "broke off, or does not speak HTTP" in failure(reply)


def test_nobody_there_is_a_reason() -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{place.getsockname()[1]}/v1"
        with pytest.raises(ModelFailure, match="no connection with 127"):
            ask(url)


def test_a_name_that_nobody_knows_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Iterator[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ModelFailure, match=r"nobody knows the name of nowhere\.invalid"):
        ask("https://nowhere.invalid/v1")


def test_a_server_that_does_not_encrypt_is_a_reason() -> None:
    with serving(saying("x")) as server, pytest.raises(ModelFailure, match="no encrypted"):
        ask(server.url.replace("http:", "https:"))
    assert server.asked == []


def test_a_mistake_of_ours_is_no_failure_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(Client, "_read", broken)
    with serving(saying("x")) as server, pytest.raises(ZeroDivisionError):
        ask(server.url)


def test_the_time_of_the_command_is_for_all_questions_together() -> None:
    with serving(saying("x")) as server:
        client = Client("small", Endpoint(server.url), Limits(total=0.0))
        with client, pytest.raises(ModelFailure, match="the 0 seconds for all requests are over"):
            client.ask(MESSAGES)
    assert server.asked == []
