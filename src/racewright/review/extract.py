"""From a tree to its facts: calls, accesses, locks and the tasks that are started."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from racewright.review import hints
from racewright.review.accesses import accesses_of
from racewright.review.conversations import conversations_in, is_ended_when_cancelled
from racewright.review.facts import (
    Access,
    Acquire,
    Call,
    ClassFacts,
    Facts,
    FunctionFacts,
    Spawn,
)
from racewright.review.held import HeldLocks
from racewright.review.implicit import implicit_calls, is_property, object_of
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.tasks import SPAWNING_DECORATORS, SPAWNS, Spawning

__all__ = ["extract", "held_in", "spawns_in"]

_WAITS = ("join", "result", "wait", "shutdown")
_QUESTIONS = (ast.If, ast.IfExp, ast.BoolOp, ast.ExceptHandler, ast.Match)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp)


def held_in(module: Module, function: Function) -> HeldLocks:
    """The locks held in ``function``, computed once."""
    return module.once(HeldLocks, function)


def extract(module: Module) -> Facts:
    """What other files need to know about ``module``."""
    return _Extraction(module).facts()


class _Extraction:
    def __init__(self, module: Module) -> None:
        self.module = module
        self._doubtful: dict[ast.AST, set[ast.AST]] = {}
        self.calls: dict[str, list[ast.Call]] = defaultdict(list)
        for call in module.calls():
            function = module.function_of(call)
            self.calls[function.name if function is not None else ""].append(call)
        self.returns: dict[str, list[ast.Return]] = defaultdict(list)
        for node in module.nodes(ast.Return):
            function = module.function_of(node)
            if function is not None:
                self.returns[function.name].append(node)

    def facts(self) -> Facts:
        module = self.module
        scope = module.tree.scopes[module.tree.root]
        imports = [
            (word, each.dotted)
            for word, bindings in scope.bindings.items()
            for each in bindings[:1]
            if each.kind == "import"
        ]
        # Of several of one name the first stands for all, with the calls of all.
        named = {each.name: each for each in reversed(module.functions.values())}
        firsts = [each for each in module.functions.values() if named[each.name] is each]
        functions = [self._function(each) for each in firsts]
        if self.calls[""]:
            functions.append(self._module_code())
        return Facts(
            module.name,
            module.file,
            module.source.is_package,
            module.is_test,
            tuple(imports),
            tuple(module.tree.stars),
            tuple((word, tuple(values)) for word, values in module.variables.items()),
            tuple(self._classes()),
            tuple(functions),
        )

    @cached_property
    def accesses(self) -> dict[str, list[Access]]:
        return accesses_of(self.module, held_in)

    def _classes(self) -> Iterator[ClassFacts]:
        wrapping, contents = hints.wrapping_classes(self.module), hints.contents_of(self.module)
        for node in self.module.nodes(ast.ClassDef):
            scope = self.module.tree.scopes[node]
            bases = [ref for base in node.bases if (ref := self.module.ref(base)) is not None]
            attributes = self.module.attributes.get(scope.name, {})
            methods = [word for word, each in scope.bindings.items() if each[-1].kind == "def"]
            yield ClassFacts(
                scope.name,
                node.lineno,
                tuple(bases),
                tuple((word, tuple(values)) for word, values in attributes.items()),
                tuple(methods),
                hints.is_said_safe(node),
                scope.name in wrapping,
                tuple(contents.get(scope.name, ())),
            )

    def _module_code(self) -> FunctionFacts:
        """What runs when the module is imported, as a function of its own."""
        name = f"{self.module.name}.<module>"
        calls = self.calls[""]
        spawns = spawns_in(self.module, calls)
        facts = FunctionFacts(
            name, "", "", 1, (), False, False, (), None, (), (), (), tuple(spawns), "", False
        )
        return facts._replace(registers=tuple(hints.registrations_in(self.module, calls)))

    def _function(self, function: Function) -> FunctionFacts:
        module = self.module
        held = held_in(module, function)
        calls = self.calls[function.name]
        arguments = function.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return FunctionFacts(
            function.name,
            function.class_name,
            function.outer,
            function.node.lineno,
            tuple(each.arg for each in every),
            function.is_async,
            function.short_name.startswith("test"),
            held.on_entry,
            self._returned(function),
            tuple(self._calls(function.name, calls, held)),
            tuple(self.accesses.get(function.name, ())),
            tuple(
                Acquire(
                    each.lock,
                    getattr(each.node, "lineno", 0),
                    each.held,
                    self._is_certain(function, each.node),
                )
                for each in held.acquisitions
                if each.is_blocking
            ),
            tuple(spawns_in(module, calls)),
            self._starts_as(function),
            is_property(function),
            tuple(conversations_in(module, function)),
            is_ended_when_cancelled(module, function),
            hints.decorators_of(module, function),
            tuple(hints.registrations_in(module, calls)),
        )

    @cached_property
    def implicit(self) -> dict[str, list[tuple[ast.expr, Ref]]]:
        return implicit_calls(self.module)

    @cached_property
    def generators(self) -> set[Function]:
        """The functions that do nothing when they are called, and begin later."""
        kinds = (ast.Yield, ast.YieldFrom)
        found = {
            self.module.function_of(node) for kind in kinds for node in self.module.nodes(kind)
        }
        return {
            each
            for each in found
            if each is not None
            and not any("contextmanager" in ast.unparse(word) for word in each.decorators)
        }

    def _is_certain(self, function: Function, node: ast.AST) -> bool:
        """Whether nothing before ``node``, and nothing around it, asks whether to come there."""
        if function in self.generators:
            return False
        here: ast.AST = node
        for above in self.module.ancestors(node):
            if isinstance(above, _QUESTIONS) or here in self._behind_questions(above):
                return False
            if above is function.node:
                return True
            here = above
        return True

    def _behind_questions(self, above: ast.AST) -> set[ast.AST]:
        """The statements in the blocks of ``above`` that come after one that asks something."""
        found = self._doubtful.get(above)
        if found is None:
            found = self._doubtful[above] = set()
            for word in ("body", "finalbody"):
                block = getattr(above, word, None)
                asked = False
                for each in block if isinstance(block, list) else ():
                    if asked:
                        found.add(each)
                    asked = asked or isinstance(each, (ast.If, ast.Match, ast.Try))
        return found

    @cached_property
    def twins(self) -> set[str]:
        """The names that several functions have: a property's getter and its setter."""
        names = Counter(function.name for function in self.module.functions.values())
        return {name for name, count in names.items() if count > 1}

    def _calls(self, function: str, calls: list[ast.Call], held: HeldLocks) -> Iterator[Call]:
        for call in calls:
            if function in self.twins and (own := self.module.function_of(call)) is not None:
                held = held_in(self.module, own)
            callee = self.module.ref(call.func)
            if callee is not None and not str(callee[1]).startswith("builtins."):
                is_in_loop = self.module.within(call, *_LOOPS) is not None
                is_awaited = isinstance(self.module.parent(call), ast.Await)
                is_certain = self._is_certain(held.function, call)
                owner = call.func.value if isinstance(call.func, ast.Attribute) else None
                yield Call(
                    callee,
                    call.lineno,
                    held.around(call),
                    is_in_loop,
                    is_awaited,
                    is_certain,
                    object_of(self.module, owner) if owner is not None else "",
                )
        for node, implied in self.implicit.get(function, ()):
            one = object_of(self.module, getattr(node, "value", node))
            yield Call(implied, node.lineno, held.around(node), False, one=one)

    def _returned(self, function: Function) -> Ref | None:
        """What a call of it gives, where every ``return`` gives the same."""
        if isinstance(function.node, ast.Lambda):
            return self.module.ref(function.node.body)
        values = {
            self.module.ref(each.value)
            for each in self.returns[function.name]
            if each.value is not None
        }
        return values.pop() if len(values) == 1 else None

    def _starts_as(self, function: Function) -> str:
        for node in function.decorators:
            func = node.func if isinstance(node, ast.Call) else node
            kind = SPAWNING_DECORATORS.get(self.module.dotted(func))
            if kind:
                return kind
        return ""


def spawns_in(module: Module, calls: list[ast.Call]) -> Iterator[Spawn]:
    """The tasks that ``calls``, all of one function, start."""
    for call in calls:
        spawning = SPAWNS.get(module.method(call))
        if spawning is None and isinstance(call.func, ast.Attribute):
            spawning = SPAWNS.get(_of_loop(module, call.func))
        if spawning is None:
            continue
        is_many = spawning.is_many or module.within(call, *_LOOPS) is not None
        for target in targets_of(call, spawning):
            ref = module.ref(target)
            if ref is not None:
                given = tuple(_arguments(module, call, spawning))
                yield Spawn(
                    spawning.kind,
                    ref,
                    call.lineno,
                    is_many,
                    given,
                    _joined(module, call),
                    _is_own(module, call, target),
                )


def _is_own(module: Module, call: ast.Call, target: ast.expr) -> bool:
    """Whether the object whose method is the target is made anew for each task."""
    owner = target.value if isinstance(target, ast.Attribute) else None
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    if not isinstance(owner, ast.Name):
        return owner is not None
    loop = module.within(call, *_LOOPS)
    found = module.tree.find(module.tree.scope_of(owner), owner.id)
    if loop is None or found is None:
        return False
    return any(
        each.node is loop or loop in module.ancestors(each.node)
        for each in found[1]
        if each.kind != "parameter"
    )


def _of_loop(module: Module, func: ast.Attribute) -> str:
    """``asyncio.get_running_loop.create_task`` for ``loop.create_task``, if the loop is known."""
    ref = module.ref(func.value)
    while ref is not None and ref[0] == "local":
        ref = ref[3]
    if ref is not None and ref[0] == "new" and ref[1][0] == "name":
        return f"{ref[1][1]}.{func.attr}"
    return ""


def targets_of(call: ast.Call, spawning: Spawning) -> list[ast.expr]:
    """The expressions that name what the task runs."""
    positional = [each for each in call.args if not isinstance(each, ast.Starred)]
    found: list[ast.expr] = []
    if spawning.position < 0:
        found = positional
    else:
        found = [each.value for each in call.keywords if each.arg == spawning.keyword]
        if not found and len(call.args) == len(positional):
            found = positional[spawning.position : spawning.position + 1]
    if spawning.takes_call:
        return [each.func for each in found if isinstance(each, ast.Call)]
    return [_unwrapped(each) for each in found]


def _unwrapped(node: ast.expr) -> ast.expr:
    """The function in ``lambda: function()``, where nothing else is called there."""
    if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Call):
        if not all(isinstance(each, (ast.Name, ast.Constant)) for each in node.body.args):
            return node
        arguments = node.args
        if not (arguments.args or arguments.vararg or arguments.kwarg):
            return node.body.func
    return node


def _arguments(module: Module, call: ast.Call, spawning: Spawning) -> Iterator[tuple[str, Ref]]:
    """What the task is given: ``args=(account,)``, or what stands behind the target."""
    given: list[ast.expr] = []
    if spawning.keyword in ("target", "function"):
        for keyword in call.keywords:
            if keyword.arg == "args" and isinstance(keyword.value, (ast.Tuple, ast.List)):
                given = keyword.value.elts
        if not given and len(call.args) > 1 and isinstance(call.args[1], ast.Tuple):
            given = call.args[1].elts
    elif not spawning.takes_call and not spawning.is_many and spawning.position >= 0:
        given = call.args[spawning.position + 1 :]
    loop = module.within(call, *_LOOPS)
    for place, node in enumerate(given):
        ref = module.ref(node)
        if ref is None or (isinstance(node, ast.Name) and _is_bound_in(module, node, loop)):
            continue
        yield str(place), ref


def _is_bound_in(module: Module, node: ast.Name, loop: ast.AST | None) -> bool:
    """Whether the loop, if there is one, gives the name an object of its own each time."""
    found = module.tree.find(module.tree.scope_of(node), node.id)
    if loop is None or found is None:
        return False
    return any(loop in module.ancestors(each.node) for each in found[1])


def _joined(module: Module, call: ast.Call) -> int:
    """The line after which the task is over, where the same function waits for it by name."""
    function = module.function_of(call)
    block = next(
        (
            each
            for each in module.ancestors(call)
            if isinstance(each, (ast.With, ast.AsyncWith))
            and module.function_of(each) is function
            and any(
                module.type_of(item.context_expr).endswith(("Executor", "TaskGroup"))
                or module.dotted(getattr(item.context_expr, "func", item)).endswith(
                    ("Executor", "TaskGroup")
                )
                for item in each.items
            )
        ),
        None,
    )
    if block is not None:
        return int(getattr(block, "end_lineno", 0) or 0)
    return module.once(_Joins).first_after(call, function)


class _Joins:
    """The lines at which each function waits for a task, in order."""

    def __init__(self, module: Module) -> None:
        self._lines: dict[Function | None, list[int]] = defaultdict(list)
        for call in module.calls():
            func = call.func
            if not (isinstance(func, ast.Attribute) and func.attr in _WAITS):
                continue
            is_of_text = isinstance(func.value, ast.Constant)
            if not is_of_text and module.dotted(func) != "os.path.join":
                self._lines[module.function_of(call)].append(call.lineno)
        for lines in self._lines.values():
            lines.sort()

    def first_after(self, call: ast.Call, function: Function | None) -> int:
        """The first of them in ``function`` behind the line of ``call``, or 0."""
        lines = self._lines.get(function, [])
        place = bisect_right(lines, call.lineno)
        return lines[place] if place < len(lines) else 0
