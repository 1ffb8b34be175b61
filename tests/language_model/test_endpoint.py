"""Where a model is asked, by whose word, and what is never sent there."""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.errors import UsageError
from racewright.language_model.endpoint import ENDPOINT, KEY, Endpoint, endpoint_for

HERE = "http://localhost:11434/v1"
THERE = "https://api.example.org/v1"


def written(folder: Path, text: str) -> str:
    (folder / "pyproject.toml").write_text(text)
    below = folder / "src"
    below.mkdir()
    return str(below)


def test_the_option_comes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, f'[tool.racewright.model]\nendpoint = "{HERE}"\n')
    environment = {ENDPOINT: THERE, KEY: "k"}
    assert endpoint_for("http://[::1]:1/", folder, environment) == Endpoint("http://[::1]:1", "k")
    assert endpoint_for("", folder, environment) == Endpoint(THERE, "k")
    assert endpoint_for("", folder, {KEY: " k\n"}) == Endpoint(HERE, "k")
    assert endpoint_for("", folder, {}).host == "localhost:11434"


def test_an_address_may_be_given_to_its_end() -> None:
    assert endpoint_for(f"{THERE}/chat/completions", ".", {}).url == THERE
    assert endpoint_for(f"{THERE}/", ".", {}).url == THERE


def test_no_address_is_an_error_that_says_how_to_give_one(tmp_path: Path) -> None:
    folder = written(tmp_path, "[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match="--endpoint URL") as error:
        endpoint_for("", folder, {})
    assert ENDPOINT in str(error.value)


def test_a_file_of_the_project_does_not_send_texts_elsewhere(tmp_path: Path) -> None:
    folder = written(tmp_path, f'[tool.racewright.model]\nendpoint = "{THERE}"\n')
    with pytest.raises(UsageError, match="does not decide where texts go") as error:
        endpoint_for("", folder, {KEY: "k"})
    assert f"--endpoint {THERE}" in str(error.value)
    assert endpoint_for(THERE, folder, {KEY: "k"}).key == "k"


@pytest.mark.parametrize(
    "host", ["localhost.example.org", "127.0.0.1.example.org", "0x7f.1.example", "128.0.0.1"]
)
def test_a_name_that_looks_like_this_machine_is_not(host: str, tmp_path: Path) -> None:
    folder = written(tmp_path, f'[tool.racewright.model]\nendpoint = "https://{host}/v1"\n')
    with pytest.raises(UsageError, match="not on this machine"):
        endpoint_for("", folder, {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_a_key_goes_unencrypted_to_this_machine_alone(host: str) -> None:
    assert endpoint_for(f"http://{host}:8000/v1", ".", {KEY: "k"}).key == "k"
    with pytest.raises(UsageError, match="not encrypted"):
        endpoint_for("http://192.168.1.5:8000/v1", ".", {KEY: "k"})
    assert endpoint_for("http://192.168.1.5:8000/v1", ".", {}).key == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:11434/v1", "no address of the form"),
        ("ftp://localhost/v1", "no address of the form"),
        ("file:///etc/passwd", "no address of the form"),
        ("https://", "no address of the form"),
        ("https://user:word@example.org/v1", "no password in it"),
        ("https://word@example.org/v1", "no password in it"),
        ("https://example.org/v1?key=1", "can follow"),
        ("https://example.org/v1#x", "can follow"),
        ("https://example.org:99999/v1", "no address"),
        ("https://example.org:x/v1", "no address"),
        ("https://example.org /v1", "can follow"),
        ("https://exa\x1bmple.org/v1", "no address"),
        ("https://[::1/v1", "no address"),
    ],
)
def test_what_is_no_address_is_an_error(url: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as error:
        endpoint_for(url, ".", {})
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("key", ["two words", "a\nb", "ключ", "a\x00b"])
def test_what_cannot_be_a_key_is_an_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(UsageError, match=KEY) as error:
        endpoint_for(THERE, ".", {KEY: key})
    assert key not in str(error.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.racewright]\nmodel = 3\n", "is no table"),
        ("[tool]\nracewright = 3\n", "--endpoint URL"),
        ("tool = 3\n", "--endpoint URL"),
        ("[tool.racewright.model]\nendpoint = 3\n", "is no str"),
        ("[tool.racewright.model]\nkey = 'x'\n", "no key 'key'"),
        ("[tool.racewright.model\n", "cannot be read"),
    ],
)
def test_a_file_that_says_something_else_is_an_error(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=reason):
        endpoint_for("", written(tmp_path, text), {})
