"""Functions that are given to something which calls each in a task of its own.

A server calls a handler for each request, in a thread of that request. What is given to it is noted
in each file (:mod:`racewright.review.hints`); whether it is such a server is known with all files,
as where a base class makes the server by a method that its subclasses have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.review.facts import FunctionFacts, Registration
from racewright.review.project import Project, Value
from racewright.review.refs import Ref, as_seen_by
from racewright.review.sides import Root
from racewright.review.tasks import HANDLERS, THREADED_SERVERS, Spawning

__all__ = ["handlers"]

#: What a servicer of gRPC is derived from: generated code, whose objects serve from a pool.
_SERVICER = re.compile(r"_pb2_grpc\.\w+Servicer$")
#: Methods of a request's handler, of which each request has an object.
_OF_REQUEST = re.compile(r"handle$|do_[A-Z]+$")
_OF_CLASS = Spawning("handler", -1, is_many=True)
_WSGI = ("environ", "start_response")


def handlers(project: Project) -> Iterator[Root]:
    """All that the files give away."""
    for function in project.functions.values():
        file = project.file_of[function.name].file
        for each in function.registers:
            yield from _given(project, function, each, file)
        for ref in function.decorated_by:
            spawning = _known(project, ref[1] if ref[0] == "new" else ref)
            if spawning is not None:
                own = _parameter(function, spawning.own)
                yield Root(
                    spawning.kind,
                    function.name,
                    file,
                    function.line,
                    "",
                    spawning.is_many,
                    True,
                    own=own,
                )
        if function.parameters[-2:] == _WSGI and len(function.parameters) < 4:
            yield Root("handler", function.name, file, function.line, "", True, True)
    yield from _servicers(project)


def _known(project: Project, callee: Ref) -> Spawning | None:
    """How ``callee`` calls what it is given, also where it is a method of an object of a module."""
    value = project.evaluate(callee)
    if value is None and callee[0] == "name":
        head, _, word = str(callee[1]).rpartition(".")
        owner = project.evaluate(("name", head))
        is_one = owner is not None and owner.kind == "instance"
        return HANDLERS.get(f"{owner.name}.{word}") if owner is not None and is_one else None
    return HANDLERS.get(value.name) if value is not None else None


def _given(
    project: Project,
    function: FunctionFacts,
    given: Registration,
    file: str,
) -> Iterator[Root]:
    """What is given, once for each class whose object may do so."""
    seen = set()
    for name in sorted(project.below.get(function.class_name, ("",))):
        callee, target = given.callee, given.target
        if name:
            callee, target = _seen_by(project, callee, name), _seen_by(project, target, name)
        value = project.evaluate(target)
        if value is None:
            continue
        if value.kind == "class":
            names = list(_of_request(project, callee, value))
            found = [(each, _OF_CLASS, False) for each in names]
        else:
            spawning = _known(project, callee)
            if spawning is None or value.kind != "function":
                continue
            if given.place not in (str(spawning.position), spawning.keyword):
                continue
            found = [(value.name, spawning, target[0] == "attr")]
        for method, how, is_bound in found:
            if method not in seen and method in project.functions:
                seen.add(method)
                own = _parameter(project.functions[method], how.own)
                yield Root(
                    how.kind,
                    method,
                    file,
                    given.line,
                    function.name,
                    how.is_many,
                    is_bound,
                    own=own,
                )


def _parameter(function: FunctionFacts, place: int) -> str:
    """The name of the parameter at ``place``, where ``self`` is not counted; empty for -1."""
    parameters = function.parameters[1:] if function.class_name else function.parameters
    return parameters[place] if 0 <= place < len(parameters) else ""


def _seen_by(project: Project, ref: Ref, name: str) -> Ref:
    """``ref`` where ``self`` is of the class ``name``, whose base may have said it.

    An attribute that the base makes by a method which only its subclasses have is what that gives.
    """
    bases = project.order_of(name)
    here = as_seen_by(ref, name, bases)
    owner = here[1] if here[0] == "attr" else None
    if isinstance(owner, tuple) and owner[0] == "attr" and project.evaluate(owner) is None:
        values = project.values_of(name, str(owner[2])) if owner[1] == ("self", name) else ()
        if len(values) == 1 and values[0] is not None:
            return ("attr", as_seen_by(values[0], name, bases), here[2])
    return here


def _of_request(project: Project, callee: Ref, handler: Value) -> Iterator[str]:
    """The methods that a server with a thread for each request calls on objects of a class."""
    server = project.evaluate(callee)
    if server is None or server.kind not in ("class", "outside"):
        return
    if not THREADED_SERVERS & {server.name, *project.order_of(server.name)}:
        return
    for each in project.order_of(handler.name):
        facts = project.classes.get(each)
        for word in facts.methods if facts is not None else ():
            if _OF_REQUEST.match(word):
                yield f"{each}.{word}"


def _servicers(project: Project) -> Iterator[Root]:
    for name, facts in project.classes.items():
        if not any(_SERVICER.search(each) for each in project.order_of(name)[1:]):
            continue
        for word in facts.methods:
            function = project.functions.get(f"{name}.{word}")
            if function is not None and not word.startswith("_") and not function.is_async:
                file = project.file_of[name].file
                yield Root("handler", function.name, file, function.line, "", True, True)
