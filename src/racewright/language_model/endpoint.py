"""Where a language model is asked, and with which key: what may be sent where.

The key comes from the environment and is never an option, for command lines are seen by others. The
file of a project may name an endpoint on this machine. One elsewhere has to be named by who runs
the command, for a project that somebody else wrote must not say where texts and keys go.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from racewright.errors import UsageError
from racewright.review.configuration import project_table

__all__ = ["ENDPOINT", "KEY", "Endpoint", "endpoint_for"]

#: The variables of the environment.
ENDPOINT: Final = "RACEWRIGHT_MODEL_ENDPOINT"
KEY: Final = "RACEWRIGHT_MODEL_KEY"

_TABLE: Final = "[tool.racewright.model]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that speaks the protocol, and the key that it is given."""

    url: str  #: up to where ``/chat/completions`` follows
    key: str = ""

    @property
    def host(self) -> str:
        """The host, with its port where that is given."""
        return urlsplit(self.url).netloc


def endpoint_for(option: str, folder: str, environment: Mapping[str, str]) -> Endpoint:
    """The endpoint by the option, or the environment, or the project's file; in this order."""
    key = _key(environment)
    named = option or environment.get(ENDPOINT, "").strip()
    if named:
        return _checked(named, key, "--endpoint" if option else ENDPOINT)
    path, found = _in_project(folder)
    if not found:
        raise UsageError(
            "--model needs to know where the model is: --endpoint URL, such as "
            f"http://localhost:11434/v1, or the variable {ENDPOINT},\n"
            f"or the key endpoint of {_TABLE} in pyproject.toml"
        )
    endpoint = _checked(found, key, path)
    if not _is_here(urlsplit(found).hostname or ""):
        raise UsageError(
            f"{path} names a model that is not on this machine, and a file of the project does "
            f"not decide where texts go.\nIf you want that:  --endpoint {endpoint.url}"
        )
    return endpoint


def _key(environment: Mapping[str, str]) -> str:
    key = environment.get(KEY, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"the variable {KEY} holds something that cannot be a key")
    return key


def _checked(url: str, key: str, where: str) -> Endpoint:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises where it is no number
    except ValueError as error:
        raise UsageError(f"{where}: {url!r} is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
        raise UsageError(f"{where}: {url!r} is no address of the form https://HOST/v1")
    if parts.username or parts.password:
        raise UsageError(f"{where}: an address has no password in it; the key is for {KEY}")
    if parts.query or parts.fragment or port == 0 or " " in url:
        raise UsageError(f"{where}: {url!r} is no address that /chat/completions can follow")
    if key and parts.scheme == "http" and not _is_here(parts.hostname):
        raise UsageError(
            f"{where}: {url} is not encrypted, and {KEY} is set: everybody on the way could read "
            "the key\nUse https, or unset the variable if that endpoint needs no key"
        )
    return Endpoint(url.rstrip("/").removesuffix("/chat/completions"), key)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_project(folder: str) -> tuple[str, str]:
    """The nearest ``pyproject.toml`` at or above ``folder``, and the endpoint that it names."""
    path, values = project_table(folder, "model")
    if not isinstance(values, dict):
        raise UsageError(f"{path}: {_TABLE} is no table")
    for key in values:
        if key != "endpoint":
            raise UsageError(f"{path}: {_TABLE} has no key {key!r}")
    found = values.get("endpoint", "")
    if not isinstance(found, str):
        raise UsageError(f"{path}: endpoint of {_TABLE} is no str")
    return path, found
