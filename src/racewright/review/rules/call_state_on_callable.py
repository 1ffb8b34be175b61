"""An object that is called for each request, and keeps what belongs to one request on itself.

What it finds
-------------
A ``__call__`` that stores something of its arguments in an attribute and registers a method of the
same object to be called later, where that method reads the attribute; and a Django middleware, of
which there is one object for all requests, that stores something when a request comes and reads it
when the response goes. What is stored by the request, in a dictionary or in a ``threading.local``,
is not found, nor is what is stored once.

Why it matters
--------------
Two requests that overlap share the attribute, and the later one wins::

    request 1   stores its position                        its answer comes: reads the other's
    request 2                        stores its position

One is then answered with what belongs to the other, or does again what the other has done.

Example
-------
::

    # file: auth.py
    class Retry:
        def __call__(self, request):
            self.position = request.body.tell()
            request.register_hook("response", self.again)
            return request

        def again(self, response):
            response.request.body.seek(self.position)
            return response.connection.send(response.request)

Instead
-------
::

    # file: auth.py
    import functools

    class Retry:
        def __call__(self, request):
            position = request.body.tell()
            request.register_hook("response", functools.partial(self.again, position))
            return request

        def again(self, position, response):
            response.request.body.seek(position)
            return response.connection.send(response.request)

How it is proved
----------------
By exploring: a schedule that lets another call in between the line that stores and the line that
reads, and a test in which two threads use one object.

References
----------
CWE-488, exposure of data element to wrong session. The digest authentication of requests kept its
position and its challenge so until 2.8. Django's manual, *Middleware*: ``__init__`` is called once,
``__call__`` for each request.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.own import methods_by_class, own_word, uses_in
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["CallStateOnCallable"]

#: Calls after which what they are given is called some time.
_REGISTERS = re.compile(
    r"register|add|connect|subscribe|hook|callback|listen|defer|attach|^on_|^on$|spawn|submit"
    r"|call_(?:later|soon|at)|^Thread$|^Timer$|after_this|append",
    re.I,
)
_REQUESTS = ("__call__", "process_request", "process_view")
_RESPONSES = ("process_response", "process_exception", "process_template_response")


class CallStateOnCallable(Rule):
    title = "What belongs to one call is kept on an object that is called by many"
    kind = "defect"
    cwe = 488
    confidence = "medium"
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or ("__call__" not in text and "process_request" not in text):
            return
        middlewares = {
            module.tree.scopes[node].name
            for node in module.nodes(ast.ClassDef)
            if any("MiddlewareMixin" in ast.unparse(base) for base in node.bases)
        }
        for owner, own in methods_by_class(module).items():
            is_middleware = owner in middlewares or _takes_response(own)
            finding = self._of_middleware(module, own) if is_middleware else None
            if finding is None and "__call__" in own:
                finding = self._of_callable(module, own)
            if finding is not None:
                yield finding

    def _of_callable(self, module: Module, own: dict[str, Function]) -> Finding | None:
        call = own["__call__"]
        read_later: dict[str, tuple[ast.AST, str]] = {}
        for hook, line in _hooks(module, call, own).items():
            fact = f"Line {line} has {hook} called later, for this call."
            for word, uses in uses_in(module, own[hook]).items():
                if not uses[0].is_stored:
                    read_later.setdefault(word, (uses[0].node, fact))
        given = _parameters(call)
        for store, word in _stores(module, call) if read_later else ():
            of_call = {part.id for part in ast.walk(store.value) if isinstance(part, ast.Name)}
            if of_call & given and word in read_later:
                return self._finding(module, store, word, *read_later[word])
        return None

    def _of_middleware(self, module: Module, own: dict[str, Function]) -> Finding | None:
        fact = "There is one object of a middleware for all requests."
        for name in _REQUESTS:
            for store, word in _stores(module, own[name]) if name in own else ():
                if isinstance(store.value, ast.Constant):
                    continue
                for other in _RESPONSES:
                    uses = uses_in(module, own[other]).get(word, ()) if other in own else ()
                    if uses and not uses[0].is_stored:
                        return self._finding(module, store, word, uses[0].node, fact)
                read = _read_behind(module, own[name], store, word)
                if read is not None:
                    return self._finding(module, store, word, read, fact)
        return None

    def _finding(
        self, module: Module, store: ast.Assign, word: str, read: ast.AST, fact: str
    ) -> Finding:
        line = getattr(read, "lineno", store.lineno)
        return self.finding(
            [module.place(store), module.place(read)],
            title=f"self.{word} belongs to one call, and is shared by all",
            defect=f"Line {store.lineno} stores in self.{word} what belongs to this call, and line "
            f"{line} reads it later. A second call in between stores its own, and the first goes "
            "on with what is not its own.",
            facts=[fact, f"Nothing keeps a second call out until line {line}."],
            solution="Hand it on as an argument of what is called later, or keep it with the "
            "request.",
        )


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _parameters(function: Function) -> set[str]:
    arguments = function.node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    extra = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return {each.arg for each in [*every[1:], *extra]}


def _takes_response(own: dict[str, Function]) -> bool:
    """Whether it is made as Django makes a middleware: ``__init__(self, get_response)``."""
    maker = own.get("__init__")
    return maker is not None and "get_response" in _parameters(maker)


def _stores(module: Module, function: Function) -> Iterator[tuple[ast.Assign, str]]:
    """What the function stores on its object at each call, with no lock held."""
    held = held_in(module, function)
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and not held.around(node):
            for target in node.targets:
                word = own_word(module, target)
                if word and not _is_once(module, function, node, word):
                    yield node, word


def _is_once(module: Module, function: Function, store: ast.Assign, word: str) -> bool:
    """Whether it is asked before whether it is stored already."""
    for above in module.ancestors(store):
        if above is function.node:
            return False
        if isinstance(above, ast.If) and word in module.once(_words_in, above.test):
            return True
    return False


def _words_in(_: Module, test: ast.expr) -> set[str]:
    """The words and texts of an expression: ``hasattr(self, "user")`` asks about ``user``, too."""
    return {
        str(getattr(each, "attr", getattr(each, "id", getattr(each, "value", ""))))
        for each in ast.walk(test)
    }


def _hooks(module: Module, call: Function, own: dict[str, Function]) -> dict[str, int]:
    """The methods that are registered to be called later, and in which lines."""
    return {
        word: node.lineno
        for node in own_nodes(call)
        if isinstance(node, ast.Call) and _REGISTERS.search(_name(node))
        for given in [*node.args, *(each.value for each in node.keywords)]
        for part in ast.walk(given)
        if (word := own_word(module, part)) in own
    }


def _read_behind(
    module: Module, function: Function, store: ast.Assign, word: str
) -> ast.AST | None:
    """Where it is read after the request has been handed on, in the same function."""
    uses = uses_in(module, function)
    handed = [use.node.lineno for use in uses.get("get_response", ()) if not use.is_stored]
    line = next((line for line in handed if line >= store.lineno), 0)
    reads = [use.node for use in uses[word] if not use.is_stored and use.node.lineno > line]
    return reads[0] if line and reads else None
