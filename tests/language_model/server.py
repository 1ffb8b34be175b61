"""A server on this machine that speaks the protocol of chat completions, well or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Asked", "Reply", "Server", "completion", "raw", "saying", "serving", "status"]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """What the user's message holds."""
        found: dict[str, Any] = json.loads(self.body["messages"][-1]["content"])
        return found


#: What is done with a request: anything that can be written to a connection.
Reply = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass
class Server:
    """What was asked, and what is answered; of several replies, one each, and then the last."""

    replies: list[Reply]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)  #: ends replies that hang

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """A server at a port of its own, for as long as the block lasts."""
    server = Server(list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers, json.loads(self.rfile.read(size)))
            server.asked.append(asked)
            self.close_connection = True
            with suppress(OSError):  # who asked may be gone
                server.next_reply()(self, asked)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as http:
        http.over = server.over  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        try:
            yield server
        finally:
            server.over.set()
            http.shutdown()
            thread.join(10)


def completion(content: Any, **choice: Any) -> bytes:
    """The bytes of a chat completion."""
    message = {"role": "assistant", "content": content}
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    return json.dumps(value).encode()


def raw(data: bytes, code: int = 200, **headers: str) -> Reply:
    """These bytes, as they are."""

    def reply(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in {"content_type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def saying(content: str | Callable[[Asked], str]) -> Reply:
    """A model that writes this, or what it makes of the request."""

    def reply(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        raw(completion(content if isinstance(content, str) else content(asked)))(handler, asked)

    return reply


def status(code: int, message: str = "", **headers: str) -> Reply:
    """A refusal, as such servers write it."""
    return raw(json.dumps({"error": {"message": message}}).encode(), code, **headers)
