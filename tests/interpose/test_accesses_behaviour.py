"""Instrumented code does what it did: results, errors, line tables, generators, clean-up."""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import dataclasses
import dis
import gc
import heapq
import inspect
import json
import random
import sys
import textwrap
import traceback
import types

import greenlet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racewright.interpose import rules
from racewright.interpose.accesses import instrument, not_instrumented
from racewright.interpose.splicing import decode, splice


def ignore(site, owner):
    """A touch."""


def executed(source, touch=ignore, *, filename="program.py"):
    names = {"__name__": "program"}
    code = compile(textwrap.dedent(source), filename, "exec")
    exec(instrument(code, touch) if touch is not None else code, names)
    return names


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_objects(constant)


def reimported(module):
    """The module, executed afresh from its source, instrumented."""
    again = types.ModuleType(module.__name__)
    again.__file__ = module.__file__
    again.__package__ = module.__package__
    if hasattr(module, "__path__"):
        again.__path__ = module.__path__
    code = compile(inspect.getsource(module), module.__file__, "exec")
    exec(instrument(code, ignore), vars(again))
    return again


# -- what a code object says of itself -------------------------------------------------------------


KEPT = [
    "co_argcount",
    "co_cellvars",
    "co_filename",
    "co_firstlineno",
    "co_flags",
    "co_freevars",
    "co_kwonlyargcount",
    "co_name",
    "co_names",
    "co_nlocals",
    "co_posonlyargcount",
    "co_varnames",
]


@pytest.mark.parametrize("module", [argparse, contextlib, dataclasses, heapq, json.decoder, dis])
def test_every_instruction_keeps_its_position_and_everything_else_its_value(module):
    native = compile(inspect.getsource(module), module.__file__, "exec")
    touched = instrument(native, ignore)
    pairs = list(zip(code_objects(native), code_objects(touched), strict=True))
    assert len(pairs) > 5
    for before, after in pairs:
        for name in KEPT:
            assert getattr(before, name) == getattr(after, name)
        assert [type(c) for c in before.co_consts] == [
            type(c) for c in after.co_consts[: len(before.co_consts)]
        ]
        assert positions_in_order(before) == positions_in_order(after)


def positions_in_order(code):
    """The different positions, one after the other, as the instructions have them."""
    if hasattr(code, "co_positions"):
        found = list(code.co_positions())
    else:
        found = [line for start, end, line in code.co_lines() for _ in range(start, end, 2)]
    return [each for each, before in zip(found, [object(), *found], strict=False) if each != before]


@pytest.mark.parametrize("module", [argparse, contextlib, heapq, ast])
def test_inserting_nothing_changes_nothing(module):
    code = compile(inspect.getsource(module), module.__file__, "exec")
    for each in code_objects(code):
        same = splice(each, decode(each), {}, [], 0)
        assert same.co_code == each.co_code
        assert same == each


def test_inserted_instructions_leave_every_position_and_handler_where_it_was():
    nop = dis.opmap["NOP"]
    code = compile(inspect.getsource(contextlib), "c", "exec")
    for each in code_objects(code):
        before = decode(each)
        grown = splice(each, before, {i: [(nop, 0)] * (i % 40) for i in range(len(before))}, [], 0)
        after = [i for i in decode(grown) if i.opcode != nop]
        before = [i for i in before if i.opcode != nop]
        assert [i.opcode for i in after] == [i.opcode for i in before]
        if sys.version_info >= (3, 11):
            old, new = list(each.co_positions()), list(grown.co_positions())
            assert [old[i.start] for i in before] == [new[i.start] for i in after]


# -- whole modules ---------------------------------------------------------------------------------


def test_json_instrumented_reads_and_writes_the_same(monkeypatch):
    decoder, encoder, scanner = map(reimported, (json.decoder, json.encoder, json.scanner))
    decoder.scanner = scanner
    monkeypatch.setattr(scanner, "make_scanner", scanner.py_make_scanner)
    value = {"a": [1, 2.5, None, True, {"b": "ü\n"}], "c": {}, "d": []}
    for options in ({}, {"indent": 2}, {"sort_keys": True, "separators": (",", ":")}):
        text = json.dumps(value, **options)
        assert "".join(encoder.JSONEncoder(**options).iterencode(value)) == text
        assert decoder.JSONDecoder().decode(text) == value
    with pytest.raises(ValueError, match="Expecting value: line 1 column 5"):
        decoder.JSONDecoder().decode("[1, ")


def test_textwrap_instrumented_wraps_the_same():
    ours = reimported(textwrap)
    text = "The quick brown fox, which was rather well-known, jumped over the lazy dog. " * 5
    for width in range(5, 60, 7):
        assert ours.wrap(text, width) == textwrap.wrap(text, width)
    assert ours.dedent("  a\n    b\n  c") == textwrap.dedent("  a\n    b\n  c")


def test_argparse_instrumented_parses_and_complains_the_same(capsys):
    def outcomes(module):
        parser = module.ArgumentParser(prog="p", description="d")
        parser.add_argument("--number", type=int, default=3, help="a number (%(default)s)")
        parser.add_argument("names", nargs="*")
        group = parser.add_mutually_exclusive_group()
        group.add_argument("-a", action="store_true")
        group.add_argument("-b", action="append")
        yield vars(parser.parse_args(["--number", "5", "x", "y"]))
        yield vars(parser.parse_args(["-b", "1", "-b", "2"]))
        yield parser.format_help()
        with pytest.raises(SystemExit):
            parser.parse_args(["--number", "x"])
        with pytest.raises(SystemExit):
            parser.parse_args(["-a", "-b", "1"])
        yield capsys.readouterr()

    assert list(outcomes(reimported(argparse))) == list(outcomes(argparse))


def test_heapq_instrumented_orders_the_same():
    ours = reimported(heapq)
    numbers = [random.Random(3).randrange(100) for _ in range(50)]
    for module in (ours, heapq):
        assert module.nsmallest(5, numbers) == sorted(numbers)[:5]
        assert list(module.merge(sorted(numbers), [1, 50])) == sorted([*numbers, 1, 50])


def test_dataclasses_instrumented_makes_the_same_classes(monkeypatch):
    ours = reimported(dataclasses)
    monkeypatch.setitem(sys.modules, "dataclasses", ours)

    @ours.dataclass(order=True)
    class Point:
        x: int
        y: int = 2
        tags: list = ours.field(default_factory=list, compare=False)

    assert repr(Point(1)).endswith("Point(x=1, y=2, tags=[])")
    assert Point(1) < Point(2)
    assert ours.asdict(ours.replace(Point(1), y=5)) == {"x": 1, "y": 5, "tags": []}


def test_ast_instrumented_unparses_the_same():
    ours = reimported(ast)
    tree = ast.parse(inspect.getsource(heapq))
    assert ours.unparse(tree) == ast.unparse(tree)


# -- errors and where they come from ---------------------------------------------------------------

FAILING = """
    import collections
    class Account:
        def __init__(self):
            self.amounts = {}
        def total(self, key):
            for name in self.amounts:
                if (
                    self.amounts[name]
                    + self.amounts[key].missing
                ):
                    return 1
            return [
                self.amounts[each]
                for each in
                (key,)
            ]
    def f(step):
        account = Account()
        if step == 0:
            account.total("a")
        if step == 1:
            account.amounts.update(a=1)
            account.total("a")
        if step == 2:
            account.amounts.pop(account.__dict__["b"])
        if step == 3:
            with open(account):
                pass
        if step == 4:
            try:
                account.nothing
            finally:
                account.amounts["x"] += 1
        if step == 5:
            a, b = account.amounts
        if step == 6:
            yes = account.amounts if step else 0
            return (yes,
                    yes.a,
                    step)
    """


def trace_of(names, step):
    try:
        names["f"](step)
    except Exception as error:
        entries = [
            (e.filename, e.name, e.lineno, getattr(e, "colno", 0), getattr(e, "end_colno", 0))
            for e in traceback.extract_tb(error.__traceback__)
            if e.filename == "program.py"
        ]
        return type(error), str(error), entries, trace_of_context(error)
    return None


def trace_of_context(error):
    context = error.__context__
    return context and (type(context), str(context))


@pytest.mark.parametrize("step", range(7))
def test_errors_come_from_the_same_line_and_column(step):
    native = trace_of(executed(FAILING, None), step)
    assert native is not None
    assert trace_of(executed(FAILING), step) == native


def test_what_a_touch_raises_is_seen_by_the_block_around_the_access():
    class Unwound(BaseException):
        pass

    source = """
        log = []
        class Guard:
            def __enter__(self):
                log.append("in")
            def __exit__(self, *exc):
                log.append("out")
        def f(x, d, g):
            with g:
                try:
                    for k in d:
                        x.a = d[k]
                        d.get(x.a)
                    with g:
                        x.b += len(d)
                except ValueError:
                    log.append("never")
                finally:
                    log.append("finally")
            return 1
        """
    at = 0

    def touch(site, owner):
        nonlocal at
        if site.function.endswith("f"):
            at -= 1
            if at == 0:
                raise Unwound

    names = executed(source, touch)
    logs = []
    for start in range(1, 30):
        at = start
        names["log"].clear()
        thing = types.SimpleNamespace(a=1, b=1)
        try:
            names["f"](thing, {1: 2}, names["Guard"]())
        except Unwound:
            logs.append(list(names["log"]))
            continue
        break
    at = 0
    # for (k), d[k], .a, .a, .get(), for (end), .b, len, .b: each once, and all unwound in order.
    assert logs == [["in", "finally", "out"]] * 6 + [
        *[["in", "in", "out", "finally", "out"]] * 3,
        ["in", "in", "out", "out"],  # at the append in the finally block itself
    ]


def test_a_handler_of_the_program_may_catch_what_a_touch_raises():
    def touch(site, owner):
        if site.name == ".a":
            raise LookupError("from the touch")

    names = executed(
        """
        def f(x):
            try:
                return x.a
            except LookupError as error:
                return str(error)
        """,
        touch,
    )
    assert names["f"](None) == "from the touch"


def test_a_touch_may_switch_greenlets_anywhere():
    main = greenlet.getcurrent()
    names = executed(
        """
        def f(x, n):
            for k in range(n):
                with x.lock:
                    x.total += k
                x.items.append(x.total)
                x.seen = sorted(y for y in x.items)
            return [each for each in x.items]
        """,
        lambda site, owner: main.switch(),
    )

    class Lock:
        def __enter__(self):
            pass

        def __exit__(self, *error):
            pass

    def result(x):
        return names["f"](x, 3)

    things = [
        types.SimpleNamespace(lock=Lock(), total=start, items=[], seen=None) for start in (0, 10)
    ]
    tasks = [greenlet.greenlet(result) for _ in things]
    results = [None, None]
    started = [False, False]
    while not all(task.dead for task in tasks):
        for index, task in enumerate(tasks):
            if not task.dead:
                results[index] = task.switch(*([] if started[index] else [things[index]]))
                started[index] = True
    assert results == [[0, 1, 3], [10, 11, 13]]


# -- kinds of functions ----------------------------------------------------------------------------


def both(source, *args):
    """What ``f(*args)`` gives, natively and instrumented."""
    return executed(source, None)["f"](*args), executed(source)["f"](*args)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def gen(d):
                got = yield len(d)
                while got:
                    got = yield d.setdefault(got, []) or got
                try:
                    yield from [d]
                finally:
                    d["closed"] = True
            def f():
                d = {}
                g = gen(d)
                return [next(g), g.send("a"), g.send("b"), g.send(None), list(g), d]
            """,
            id="generators",
        ),
        pytest.param(
            """
            def inner():
                try:
                    yield 1
                except KeyError as e:
                    yield e.args
                return 5
            def outer(out):
                out.append((yield from inner()))
            def f():
                out = []
                g = outer(out)
                return next(g), g.throw(KeyError("x")), list(g), out
            """,
            id="yield from",
        ),
        pytest.param(
            """
            class Point:
                __match_args__ = ("x", "y")
                def __init__(self, x, y):
                    self.x, self.y = x, y
            def what(value):
                match value:
                    case Point(0, y):
                        return "axis", y
                    case Point(x=x) if x > 5:
                        return "far", x
                    case [a, *rest]:
                        return a, rest
                    case {"k": v, **others}:
                        return v, others
                    case str() | int():
                        return "plain"
                    case _:
                        return None
            def f():
                return [what(v) for v in (Point(0, 1), Point(7, 1), [1, 2, 3], {"k": 1, "l": 2},
                        "s", 3.5, Point(1, 1))]
            """,
            id="match",
        ),
        pytest.param(
            """
            class Base:
                total = 1
                def value(self):
                    return __class__.__name__, self.total
                @classmethod
                def make(cls):
                    return cls()
                @property
                def double(self):
                    return self.total * 2
                def __init_subclass__(cls, **kw):
                    cls.made = kw
            class Derived(Base, k=1):
                def __init__(self):
                    super().__init__()
                    self.total = 5
                def value(self):
                    return super().value(), super().double, [super(Derived, self).value()
                        for _ in (1,)]
            def f():
                d = Derived.make()
                return d.value(), d.double, Derived.made
            """,
            id="classes",
        ),
        pytest.param(
            """
            def f():
                out = []
                for i in range(3):
                    try:
                        if i == 0:
                            continue
                        if i == 1:
                            raise ValueError(out)
                        out.append(i)
                        break
                    except ValueError as e:
                        out.append(len(e.args))
                    else:
                        out.append("else")
                    finally:
                        out.append("finally")
                else:
                    out.append("never")
                while out and len(out) < 9:
                    out += [len(out)]
                return out
            """,
            id="loops and handlers",
        ),
        pytest.param(
            """
            def f():
                d = {"a": 1, "b": 2}
                x = [1, 2, 3, 4]
                x[1:3] = [9]
                x[::2], (y, *z) = [7, 8], x
                del x[0]
                e = {**d, "c": [*x]}
                s = {k: v for k, v in d.items() if v in x or k in d}
                n = [[i * j for j in x] for i in d.values()]
                g = (lambda *a, k=1, **kw: (a, k, kw))(*x, **d)
                assert x, d
                return x, y, z, e, s, n, g, f"{d['a']!r:>5}", x if not d else d, 1 < len(x) < 9
            """,
            id="expressions",
        ),
        pytest.param(
            """
            import contextlib
            @contextlib.contextmanager
            def swallow(log):
                try:
                    yield log
                except KeyError as e:
                    log.append(e.args[0])
            def f():
                log = []
                with swallow(log) as a, swallow(a):
                    a.append({}["missing"])
                return log
            """,
            id="context managers",
        ),
    ],
)
def test_functions_of_every_kind_give_the_same(source):
    native, touched = both(source)
    assert native == touched


@pytest.mark.skipif(sys.version_info < (3, 11), reason="except* came with 3.11")
def test_exception_groups_are_split_the_same():
    native, touched = both(
        """
        def f():
            out = []
            try:
                raise ExceptionGroup("g", [ValueError(1), KeyError(2), ValueError(3)])
            except* ValueError as e:
                out.append([each.args for each in e.exceptions])
            except* KeyError as e:
                out.append(len(e.exceptions))
            return out
        """
    )
    assert native == touched


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with 3.12")
def test_type_parameters_are_evaluated_the_same():
    source = """
        type Pair[T] = tuple[T, T]
        class Box[T: int]:
            def put[U](self, value: U) -> T:
                self.value = value
                return self.value
        def f():
            return str(Pair.__value__), Box.__type_params__[0].__bound__, Box().put(5)
        """
    native, touched = both(source)
    assert native == touched


def test_coroutines_and_asynchronous_generators_give_the_same():
    source = """
        import asyncio
        class Guard:
            async def __aenter__(self):
                self.n = 1
                return self
            async def __aexit__(self, *exc):
                self.n += 1
        async def numbers(xs):
            for x in xs:
                await asyncio.sleep(0)
                yield x
        async def work(log, guard):
            async with guard as g:
                async for x in numbers([1, 2, 3]):
                    log.append((x, g.n, await asyncio.sleep(0, x)))
            log.extend([x async for x in numbers(log) if x])
            return len(log)
        async def both(log):
            return await asyncio.gather(work(log, Guard()), work([], Guard()))
        def f(run):
            log = []
            return run(both(log)), log
        """
    native, touched = both(source, asyncio.run)
    assert native == touched


def test_a_function_keeps_its_name_docstring_signature_and_closure():
    names = executed(
        '''
        """Module."""
        def outer():
            n = 0
            def f(a, /, b: int = 1, *c, d=2, **e) -> int:
                """What f does."""
                nonlocal n
                n += 1
                return n
            return f
        '''
    )
    f = names["outer"]()
    assert names["__doc__"] == "Module."
    assert f.__doc__ == "What f does."
    assert f.__qualname__ == "outer.<locals>.f"
    assert list(inspect.signature(f).parameters) == ["a", "b", "c", "d", "e"]
    assert (f(0), f(0)) == (1, 2)
    assert f.__code__ == f.__code__.replace()
    assert hash(f.__code__) == hash(f.__code__.replace())


# -- large functions -------------------------------------------------------------------------------


def test_a_function_with_hundreds_of_variables_and_constants_and_far_jumps():
    lines = ["def f(x, d, flag):"]
    lines += [f"    v{n} = {n}.5" for n in range(400)]
    lines += ["    while flag:"]
    lines += [f"        x.a{n} = d[v{n}] = v{n} + x.a{n - 1}" for n in range(1, 400)]
    lines += ["        flag -= 1", "        if flag == 1:", "            continue"]
    lines += [f"        d.pop(v{n})" for n in range(1, 400)]
    lines += ["    return x.a399, len(d)"]
    source = "\n".join(lines)
    results = []
    for touch in (None, ignore):
        thing = types.SimpleNamespace(**{f"a{n}": 0 for n in range(400)})
        results.append(executed(source, touch)["f"](thing, {}, 3))
    assert results[0] == results[1]


def test_a_deep_expression_has_room_on_the_stack():
    depth = 60
    source = (
        "def f(x):\n    return " + "[x.a, " * depth + "x.d[x.a, x.b:x.c][0:1]" + "]" * depth + "\n"
    )

    class Cube:
        def __getitem__(self, key):
            return [key]

    thing = types.SimpleNamespace(a=1, b=2, c=3, d=Cube())
    native, touched = both(source, thing)
    assert native == touched


EXPRESSIONS = st.recursive(
    st.sampled_from(["x.a", "d", "xs", "n", "1", "k", "d.get(n)", "len(xs)", "xs[0]", "g()"]),
    lambda inner: st.one_of(
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("d.setdefault(n, {})".format, inner),
        st.builds("[y for y in [{}] if {}]".format, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("sorted(d, key=lambda y: str({}))".format, inner),
        st.builds("dict(p={}, **{{'q': {}}})".format, inner, inner),
        st.builds("({} or {} and {})".format, inner, inner, inner),
        st.builds("(n in xs, {})".format, inner),
    ),
    max_leaves=8,
)
STATEMENTS = st.recursive(
    st.one_of(
        st.builds("x.a = {}".format, EXPRESSIONS),
        st.builds("d[n] = {}".format, EXPRESSIONS),
        st.builds("xs.append({})".format, EXPRESSIONS),
        st.builds("r = {}".format, EXPRESSIONS),
        st.sampled_from(["x.n += 1", "k += 1", "n += 1", "xs += [n]", "d.pop(n, k)"]),
    ),
    lambda inner: st.tuples(
        st.sampled_from(
            ["if xs:", "for y in list(xs)[:3]:", "with x:", "try:", "while k < n < 4:"]
        ),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=5))
def test_random_statements_give_the_same(body):
    def rendered(statement, indent):
        pad = "    " * indent
        if isinstance(statement, str):
            return [pad + statement]
        head, body = statement
        lines = [pad + head]
        for each in body:
            lines += rendered(each, indent + 1)
        lines.append(f"{pad}    k += 1")
        if head == "try:":
            lines += [pad + "finally:", pad + "    d[k] = n"]
        return lines

    lines = [
        "def f(x):",
        "    n = 1",
        "    k = 0",
        "    r = None",
        "    d = {1: 2}",
        "    xs = [1, 2]",
        "    def g():",
        "        nonlocal k",
        "        k += 1",
        "        return k",
    ]
    for statement in body:
        lines += rendered(statement, 1)
    lines.append("    return x.a, x.n, d, xs, n, k, r")
    source = "\n".join(lines) + "\n"

    class Guard:
        a = n = 0

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.n += 1

    def outcome(touch):
        try:
            return repr(executed(source, touch)["f"](Guard()))
        except Exception as error:
            last = [
                entry.lineno
                for entry in traceback.extract_tb(error.__traceback__)
                if entry.filename == "program.py"
            ]
            return type(error), str(error), last

    assert outcome(ignore) == outcome(None)


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_code_object_that_cannot_be_rewritten_is_left_and_recorded(monkeypatch):
    real = rules.splice

    def refuse(code, *args):
        if code.co_name == "difficult":
            raise ValueError("no")
        return real(code, *args)

    monkeypatch.setattr(rules, "splice", refuse)
    seen = []
    not_instrumented.clear()
    names = executed(
        """
        def difficult(x):
            def inner(x):
                return x.b
            return x.a + inner(x)
        def f(x):
            return x.c
        """,
        lambda site, owner: seen.append(site.name),
    )
    thing = types.SimpleNamespace(a=1, b=2, c=3)
    assert (names["difficult"](thing), names["f"](thing)) == (3, 3)
    assert seen == [".b", ".c"]
    assert not_instrumented == [("difficult", "ValueError: no")]
    not_instrumented.clear()


def test_nothing_of_the_standard_library_sampled_here_is_refused():
    not_instrumented.clear()
    for module in (argparse, ast, asyncio.tasks, contextlib, dataclasses, inspect, json.decoder):
        instrument(compile(inspect.getsource(module), module.__file__, "exec"), ignore)
    assert not_instrumented == []


def test_owners_are_not_kept_alive():
    class Node:
        pass

    names = executed(
        "def f(x, xs):\n    x.a = xs\n    xs.append(len(xs))\n    for y in xs:\n        x.b = y\n"
    )
    node = Node()
    names["f"](node, [1])
    gc.collect()
    referrers = [each for each in gc.get_referrers(node) if each is not sys._getframe()]
    assert not [each for each in referrers if not isinstance(each, types.FrameType)]
