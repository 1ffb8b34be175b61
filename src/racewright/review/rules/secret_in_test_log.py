"""A test that prints or logs a secret of its environment.

What it finds
-------------
In a file of tests: ``print`` or a call of a logger that is given the whole environment
(``os.environ``), or a value that was read from it, or asked for with ``getpass`` or ``keyring``,
under a name that says that it is a secret (``password``, ``secret``, ``token``, ``api_key``,
``private_key``, ``credential``). What a test makes up itself is no secret, and is not found.

Why it matters
--------------
The output of tests is kept by the service that runs them, and is read by more people than may know
the secret: of an open project by everybody.

Example
-------
::

    import os

    def test_the_login(client):
        token = os.environ["SERVICE_TOKEN"]
        print("using", token)
        assert client.login(token)

Instead
-------
::

    import os

    def test_the_login(client):
        token = os.environ["SERVICE_TOKEN"]
        print("using a token of", len(token), "characters")
        assert client.login(token)

How it is proved
----------------
By reading alone.

References
----------
CWE-532, insertion of sensitive information into log file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule, constant

__all__ = ["SecretInTestLog"]

_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credentials?)s?(?:_|$)",
    re.IGNORECASE,
)
_ASKED = frozenset({"getpass.getpass", "keyring.get_password"})
_ENVIRONMENT = ("os.environ", "os.environb")
_READS = ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault")
_LOGGING = frozenset({"critical", "debug", "error", "exception", "info", "log", "warn", "warning"})
#: What shows all of its argument; and what shows the names alone, if that is the environment.
_SAME = frozenset(
    {"builtins.dict", "builtins.repr", "builtins.str", "json.dumps", "pprint.pformat"}
)
_NAMES = frozenset({"builtins.list", "builtins.sorted", "builtins.tuple"})
_SHOWN_WHOLE = frozenset({"copy", "items", "values"})
_DEEPEST = 6


class SecretInTestLog(Rule):
    title = "A test writes a secret into its log"
    kind = "improvement"
    cwe = 532

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        for call in module.calls():
            if not _is_output(module, call):
                continue
            for node in [*call.args, *(each.value for each in call.keywords)]:
                source = _secret_in(module, node, 0)
                if source:
                    yield self._finding(module, call, node, source)
                    break

    def _finding(self, module: Module, call: ast.Call, node: ast.expr, source: str) -> Finding:
        to = "standard output" if module.dotted(call.func) == "builtins.print" else "the log"
        is_all = source in _ENVIRONMENT
        what = "the whole environment, with every secret in it," if is_all else "a secret"
        return self.finding(
            module.place(call),
            defect=f"The test writes {what} to {to}, which the service that runs it keeps.",
            facts=[f"What is written comes from {source}."],
            solution="Leave it out, or write only that it is there.",
        )


def _is_output(module: Module, call: ast.Call) -> bool:
    if module.dotted(call.func) in ("builtins.print", "pprint.pprint"):
        return not any(each.arg == "file" for each in call.keywords)
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _LOGGING:
        return False
    if module.dotted(func).startswith("logging."):
        return True
    return module.type_of(func.value).endswith(("logging.getLogger", "log.getLogger"))


def _secret_in(module: Module, node: ast.expr, depth: int) -> str:
    """Where a secret that ``node`` shows comes from, or an empty string."""
    if depth > _DEEPEST:
        return ""
    if isinstance(node, ast.JoinedStr):
        parts = [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
        return _first(module, parts, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return _first(module, [node.left, node.right], depth)
    if isinstance(node, (ast.Tuple, ast.List)):
        return _first(module, node.elts, depth)
    if isinstance(node, ast.Dict):
        return _first(module, [each for each in node.values if each is not None], depth)
    if module.dotted(node) in _ENVIRONMENT and isinstance(node, (ast.Attribute, ast.Name)):
        return module.dotted(node)
    if isinstance(node, ast.Subscript):
        return _read(module, node.value, node.slice)
    if isinstance(node, ast.Call):
        return _in_call(module, node, depth)
    if isinstance(node, ast.Name):
        found = module.tree.find(module.tree.scope_of(node), node.id)
        values = [each.value for each in found[1]] if found is not None else []
        if len(values) == 1 and values[0] is not None and found is not None:
            value = values[0]
            is_simple = all(each.kind == "assign" for each in found[1])
            source = _secret_in(module, value, depth + 1) if is_simple else ""
            return source or _named(module, node.id, value if is_simple else None)
    return ""


def _first(module: Module, nodes: list[ast.expr], depth: int) -> str:
    return next((s for node in nodes if (s := _secret_in(module, node, depth + 1))), "")


def _in_call(module: Module, call: ast.Call, depth: int) -> str:
    dotted = module.dotted(call.func)
    if dotted in _ASKED:
        return f"{dotted}()"
    if dotted in _READS and call.args:
        return _read(module, ast.Attribute(ast.Name("os"), "environ"), call.args[0], is_known=True)
    if dotted in _SAME:
        return _first(module, call.args, depth)
    if dotted in _NAMES:
        return _first(module, [a for a in call.args if isinstance(a, ast.Call)], depth)
    func = call.func
    if isinstance(func, ast.Attribute):
        if func.attr in _SHOWN_WHOLE and module.dotted(func.value) in _ENVIRONMENT:
            return module.dotted(func.value)
        if func.attr == "format":
            return _first(module, [*call.args, *(each.value for each in call.keywords)], depth)
    return ""


def _read(module: Module, owner: ast.expr, key: ast.expr, *, is_known: bool = False) -> str:
    """The variable of the environment that is read there, if its name says that it is secret."""
    if not is_known and module.dotted(owner) not in _ENVIRONMENT:
        return ""
    word = constant(key)
    if isinstance(word, str) and _SECRET.search(word):
        return f"the variable {word} of the environment"
    return ""


def _named(module: Module, word: str, value: ast.expr | None) -> str:
    """A secret by the name that a test gives to a variable of the environment."""
    if value is None or not _SECRET.search(word):
        return ""
    is_read = isinstance(value, ast.Subscript) and module.dotted(value.value) in _ENVIRONMENT
    is_asked = isinstance(value, ast.Call) and module.dotted(value.func) in _READS
    return f"the environment ({ast.unparse(value)})" if is_read or is_asked else ""
