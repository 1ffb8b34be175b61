"""From the bytes of an answer to its text, and from the text to values.

An answer may be anything: no text, no JSON, JSON of another shape, numbers that are none, brackets
a million deep. Each is a :class:`~racewright.language_model.failures.ModelFailure` that says so.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from racewright.language_model.failures import ModelFailure

__all__ = ["content_of", "detail_of", "object_in"]

#: Brackets within brackets above which nothing that is wanted could be in there.
_DEEPEST: Final = 32
#: A text as a whole, also one that does not end, so that each character is looked at once.
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*\\?(?:"|\Z)|[\[\]{}]', re.DOTALL)


def content_of(data: bytes) -> str:
    """The text that the model wrote."""
    value = _parsed(_decoded(data), "the answer")
    if not isinstance(value, dict):
        raise ModelFailure("the answer is no object of the protocol")
    if not isinstance(value.get("choices"), list):
        said = _message(value)
        raise ModelFailure(f"the answer has no choices{': ' + said if said else ''}")
    if not value["choices"]:
        raise ModelFailure("the answer is empty: it has no choices")
    choice = value["choices"][0]
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if choice and isinstance(choice, dict) and choice.get("finish_reason") == "length":
        raise ModelFailure("the answer was cut off at the model's limit")
    if isinstance(message, dict) and isinstance(message.get("refusal"), str):
        raise ModelFailure("the model declined to answer")
    if not isinstance(content, str):
        raise ModelFailure("the answer has no text in it")
    if not content.strip():
        raise ModelFailure("the answer is empty")
    return content


def object_in(text: str) -> dict[str, Any]:
    """The JSON object in a model's text, also where that has words or a fence around it."""
    first, last = text.find("{"), text.rfind("}")
    if first < 0 or last < first:
        raise ModelFailure("the model answered with words, not with the JSON that was asked for")
    value = _parsed(text[first : last + 1], "what the model wrote")
    if not isinstance(value, dict):
        raise ModelFailure("what the model wrote is no JSON object")
    return value


def detail_of(data: bytes) -> str:
    """What a refusal says of itself, if that can be read."""
    try:
        value = _parsed(_decoded(data), "")
    except ModelFailure:
        return ""
    return _message(value) if isinstance(value, dict) else ""


def _message(value: dict[str, Any]) -> str:
    error = value.get("error")
    found = error.get("message") if isinstance(error, dict) else error or value.get("detail")
    return found if isinstance(found, str) else ""


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelFailure("the answer is no text") from None


def _parsed(text: str, what: str) -> Any:
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(bracket[0], 0)
        if depth > _DEEPEST:
            raise ModelFailure(f"{what} is nested too deeply")
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ModelFailure(f"{what} is no JSON, or was cut off") from None


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")
