"""Each kind of access on a recording touch: what is announced, when, and on which object."""

from __future__ import annotations

import collections
import sys
import textwrap
from types import CellType

import pytest

from racewright.interpose.accesses import instrument
from racewright.model.operation import Site


class Recorder:
    """A touch that keeps what it is called with."""

    def __init__(self):
        self.seen: list[tuple[Site, object]] = []

    def __call__(self, site, owner):
        self.seen.append((site, owner))

    @property
    def words(self):
        return [f"{site.kind} {site.name}" for site, _ in self.seen]

    def on(self, owner):
        return [f"{site.kind} {site.name}" for site, other in self.seen if other is owner]


class Program:
    """A source, executed instrumented; what the module's own code touches is forgotten."""

    def __init__(self, source, **names):
        self.touch = Recorder()

        def touch(site, owner):  # a plain function, as in earnest
            self.touch(site, owner)

        self.names = {"__name__": "program", **names}
        code = compile(textwrap.dedent(source), "program.py", "exec")
        exec(instrument(code, touch), self.names)
        self.touch.seen.clear()

    def run(self, *args, **kwargs):
        return self.names["f"](*args, **kwargs)

    def words(self, *args, **kwargs):
        self.touch.seen.clear()
        self.run(*args, **kwargs)
        return self.touch.words


class Thing:
    """Something with attributes."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def words(body, *args, **names):
    """What ``f(x, y, z)`` with this body touches."""
    parameters = ", ".join("xyz"[: len(args)])
    source = f"def f({parameters}):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return Program(source, **names).words(*args)


# -- attributes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x.a", ["read .a"]),
        ("x.a = 1", ["write .a"]),
        ("del x.a", ["write .a"]),
        ("x.a += 1", ["read .a", "write .a"]),
        ("x.a = x.b", ["read .b", "write .a"]),
        ("return x.__dict__", ["read .__dict__"]),
        ("return x.__class__, x.__doc__, x.__module__", []),
        ("x.method()", []),
        ("return x.method", ["read .method"]),
    ],
)
def test_attributes_are_touched_before_they_are_used(body, expected):
    class Owner(Thing):
        def method(self):
            pass

    assert words(body, Owner(a=1, b=2)) == expected


def test_the_owner_of_an_attribute_is_the_object_itself():
    program = Program("def f(x, y):\n    x.a = y.a\n")
    x, y = Thing(a=1), Thing(a=2)
    program.run(x, y)
    assert program.touch.on(x) == ["write .a"]
    assert program.touch.on(y) == ["read .a"]


def test_an_attribute_is_touched_after_the_value_to_store_was_computed_and_before_it_is_stored():
    seen = []
    names = {"value": lambda: seen.append("value") or 5}
    code = compile("def f(x):\n    x.a = value()\n", "p", "exec")
    thing = Thing(a=0)
    exec(instrument(code, lambda site, owner: seen.append((site.name, owner.a))), names)
    names["f"](thing)
    assert seen == ["value", (".a", 0)]
    assert thing.a == 5


def test_a_site_says_where_what_and_how():
    program = Program("class C:\n    def f(self):\n        self.total = 1\nf = C().f\n")
    program.run()
    [(site, _)] = program.touch.seen
    assert (site.file, site.line, site.kind, site.name) == ("program.py", 3, "write", ".total")
    assert site.function == ("C.f" if sys.version_info >= (3, 11) else "f")


def test_a_line_has_one_site_for_what_it_does_and_keeps_it_when_it_is_loaded_again():
    source = "def f(x):\n    x.a = x.a + x.a\n    return x.a\n"
    programs = [Program(source), Program(source)]
    for program in programs:
        program.run(Thing(a=1))
    first, second = ([site for site, _ in program.touch.seen] for program in programs)
    assert first[0] is first[1]
    assert len(set(first)) == 3
    assert first == second


@pytest.mark.parametrize("name", ["count", "items", "get", "update"])
def test_an_attribute_named_as_a_method_of_a_container_is_an_attribute_of_anything_else(name):
    assert words(f"return x.{name}", Thing(**{name: 1})) == [f"read .{name}"]
    assert words(f"x.{name} = 1", Thing()) == [f"write .{name}"]


# -- modules ---------------------------------------------------------------------------------------


def test_functions_classes_and_modules_in_a_module_are_not_touched():
    program = Program(
        """
        import os, threading
        def f():
            import json as local
            return threading.Thread, os.path, os.getcwd, local.dumps, os.path.join, len(os.sep)
        """
    )
    assert program.words() == ["read .sep"]


def test_a_variable_of_a_module_has_its_dictionary_as_owner():
    program = Program("import settings\ndef f():\n    settings.level += 1\n", **fake("settings"))
    module = program.names["settings"]
    program.run()
    assert program.touch.on(vars(module)) == ["read .level", "write .level"]
    assert module.level == 2


def fake(name):
    """A module to import, given by a replaced ``__import__``."""
    module = type(sys)(name)
    module.level = 1
    return {"__builtins__": {"__import__": lambda *args: module}}


# -- globals ---------------------------------------------------------------------------------------

COUNTER = """
    counter = 0
    limit = 10
    def f():
        global counter
        if counter < limit:
            counter += 1
        return counter
    """


def test_only_globals_that_a_function_assigns_are_touched():
    assert Program(COUNTER).words() == [
        "read counter",
        "read counter",
        "write counter",
        "read counter",
    ]


def test_the_owner_of_a_global_is_its_modules_dictionary_and_it_is_one_variable_of_it():
    program = Program(COUNTER)
    program.run()
    assert all(owner is program.names for _, owner in program.touch.seen)
    assert {site.member for site, _ in program.touch.seen} == {".counter"}


def test_one_code_executed_in_two_namespaces_has_two_owners():
    seen = []
    code = instrument(
        compile(textwrap.dedent(COUNTER), "p", "exec"), lambda site, owner: seen.append(owner)
    )
    namespaces = [{}, {}]
    for names in namespaces:
        exec(code, names)
        names["f"]()
    assert {id(owner) for owner in seen} == {id(names) for names in namespaces}


def test_module_level_code_touches_those_globals_too():
    seen = []
    source = "n = 0\ndef f():\n    global n\n    n = 1\nprint_me = n\ndel n\n"
    code = instrument(compile(source, "p", "exec"), lambda site, owner: seen.append(site.kind))
    exec(code, {})
    assert seen == ["write", "read", "write"]


def test_the_names_that_count_as_shared_globals_can_be_given():
    seen = []
    code = compile("def f():\n    return a, b\n", "p", "exec")
    names = {"a": 1, "b": 2}
    touched = instrument(code, lambda s, o: seen.append(s.name), shared_globals=frozenset("b"))
    exec(touched, names)
    names["f"]()
    assert seen == ["b"]


def test_a_class_attribute_of_the_same_name_is_not_a_global():
    source = "n = 0\ndef f():\n    global n\n    n = 1\nclass C:\n    n = 2\n    m = n\n"
    seen = []
    exec(instrument(compile(source, "p", "exec"), lambda s, o: seen.append(s.line)), {})
    assert seen == [1]


# -- closures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            """
            def f():
                n = 0
                def g():
                    nonlocal n
                    n += 1
                g()
                return n
            """,
            ["write n", "read n", "write n", "read n"],
            id="assigned inside",
        ),
        pytest.param(
            """
            def f():
                n = 5
                def g():
                    return n
                return g()
            """,
            [],
            id="assigned once, before",
        ),
        pytest.param(
            """
            def f(n=1):
                return (lambda: n)()
            """,
            [],
            id="argument",
        ),
        pytest.param(
            """
            def f(n=1):
                n = n or 2
                return (lambda: n)()
            """,
            ["read n", "write n", "read n"],
            id="argument assigned",
        ),
        pytest.param(
            """
            def f():
                for n in (1, 2):
                    (lambda: n)()
            """,
            ["write n", "read n", "write n", "read n"],
            id="late binding",
        ),
        pytest.param(
            """
            def f():
                g = lambda: n
                n = 1
                return g()
            """,
            ["write n", "read n"],
            id="assigned after",
        ),
        pytest.param(
            """
            def f():
                def g(k):
                    return g(k - 1) if k else 0
                return g(2)
            """,
            [],
            id="recursive function",
        ),
    ],
)
def test_closure_variables_that_can_change_are_touched(source, expected):
    assert Program(source).words() == expected


def test_the_owner_of_a_closure_variable_is_its_cell():
    program = Program(
        """
        def f():
            n = 0
            def g():
                nonlocal n
                n += 1
            return g
        """
    )
    inner = program.run()
    program.touch.seen.clear()
    inner()
    cell = inner.__closure__[0]
    assert isinstance(cell, CellType)
    assert program.touch.on(cell) == ["read n", "write n"]


# -- subscripts, containment, truth ----------------------------------------------------------------

CONTAINERS = [
    {1: 2},
    collections.OrderedDict({1: 2}),
    collections.defaultdict(int, {1: 2}),
    collections.Counter({1: 2}),
    [1, 2],
    collections.deque([1, 2]),
    bytearray(b"ab"),
    type("Plain", (dict,), {})({1: 2}),
    type("Plain", (list,), {})([1, 2]),
]


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda each: type(each).__name__)
def test_subscripts_of_built_in_containers_are_touched(container):
    container = container.copy() if type(container).__name__ != "Plain" else container
    assert words("return x[1]", container) == ["read []"]
    assert words("x[1] = 3", container) == ["write []"]
    assert words("x[1] += 3", container) == ["read []", "write []"]
    assert words("del x[1]", container) == ["write []"]


def test_slices_are_touched():
    assert words("return x[0:1]", [1]) == ["read []"]
    assert words("x[0:1] = y", [1], (2,)) == ["write []"]
    assert words("del x[0:1]", [1]) == ["write []"]
    assert words("return x[0:1:1]", [1]) == ["read []"]


@pytest.mark.parametrize("value", [(1, 2), "ab", b"ab", range(3), frozenset({1})], ids=repr)
def test_immutable_values_are_not_touched(value):
    assert words("for y in x: pass\nlen(x), list(x), 1 in (x, 1), bool(x)", value) == []


def test_a_class_that_overrides_the_method_is_not_touched_for_it():
    class Logged(dict):
        def __getitem__(self, key):
            return 0

        def get(self, key):
            return 0

        def __iter__(self):
            return iter(())

    assert words("x[1]; x.get(1)\nfor y in x: pass", Logged()) == []
    assert words("x[1] = 2; x.pop(1)", Logged()) == ["write []", "write .pop()"]


def test_what_a_method_does_through_super_is_touched():
    program = Program(
        """
        class Logged(dict):
            def __setitem__(self, key, value):
                super().__setitem__(key, value)
            def get(self, key):
                return super().get(key)
        def f(x):
            x[1] = 2
            return x.get(1)
        """
    )
    x = program.names["Logged"]()
    assert program.run(x) == 2
    assert program.touch.on(x) == ["write .__setitem__()", "read .get()"]


def test_looking_up_a_missing_key_of_a_defaultdict_is_a_write():
    x = collections.defaultdict(list)
    assert words("x[1]", x) == ["write []"]
    assert words("x[1]", x) == ["read []"]
    assert words("x[1]", collections.Counter()) == ["read []"]
    with pytest.raises(TypeError, match="unhashable"):
        words("x[y]", x, [])
    x.default_factory = None
    with pytest.raises(KeyError):
        words("x[2]", x)


@pytest.mark.parametrize("container", [{1: 2}, [1], {1}, {1: 2}.keys(), {1: 2}.items()], ids=repr)
def test_containment_is_touched(container):
    assert words("return 1 in x, 2 not in x", container) == ["read in", "read in"]


@pytest.mark.parametrize(
    "body",
    ["if x: pass", "while not x: break", "return not x", "return 1 if x else 2", "assert x"],
)
def test_the_truth_of_a_container_is_its_length(body):
    assert words(body, [1]) == ["read bool()"]
    assert words(body, 1) == []


def test_the_truth_of_a_container_in_an_expression_is_its_length():
    assert words("return x or y", [], 1) == ["read bool()"]
    assert words("return x and y", [], 1) == ["read bool()"]


# -- methods ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "container", "expected"),
    [
        ("x.append(3)", [1, 2], "write .append()"),
        ("x.extend((3,))", [1, 2], "write .extend()"),
        ("x.insert(0, 3)", [1, 2], "write .insert()"),
        ("x.pop()", [1, 2], "write .pop()"),
        ("x.remove(1)", [1, 2], "write .remove()"),
        ("x.clear()", [1, 2], "write .clear()"),
        ("x.sort(key=str)", [1, 2], "write .sort()"),
        ("x.reverse()", [1, 2], "write .reverse()"),
        ("x.index(1)", [1, 2], "read .index()"),
        ("x.count(1)", [1, 2], "read .count()"),
        ("x.copy()", [1, 2], "read .copy()"),
        ("x.get(1, 5)", {1: 2}, "read .get()"),
        ("x.setdefault(1, 5)", {1: 2}, "write .setdefault()"),
        ("x.update(y=5)", {1: 2}, "write .update()"),
        ("x.update({3: 4})", {1: 2}, "read .update()"),
        ("x.items()", {1: 2}, "read .items()"),
        ("x.keys()", {1: 2}, "read .keys()"),
        ("x.values()", {1: 2}, "read .values()"),
        ("x.popitem()", {1: 2}, "write .popitem()"),
        ("x.add(5)", {1, 2}, "write .add()"),
        ("x.discard(1)", {1, 2}, "write .discard()"),
        ("x.union((5,))", {1, 2}, "read .union()"),
        ("x.issubset((5,))", {1, 2}, "read .issubset()"),
        ("x.appendleft(5)", collections.deque([1]), "write .appendleft()"),
        ("x.popleft()", collections.deque([1]), "write .popleft()"),
        ("x.rotate(1)", collections.deque([1]), "write .rotate()"),
        ("x.move_to_end(1)", collections.OrderedDict({1: 2}), "write .move_to_end()"),
        ("x.most_common()", collections.Counter({1: 2}), "read .most_common()"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_methods_of_containers_are_touched_and_do_what_they_do(call, container, expected, at_once):
    native, touched = type(container)(container), type(container)(container)
    wanted = eval(call, {"x": native})
    # With an argument that is an access itself, the method is called through a stand-in.
    if not at_once:
        call = call.replace("(5", "(y.five").replace(" 5", " y.five").replace("(3", "(y.three")
    program = Program(f"def f(x, y):\n    return {call}\n")
    result = program.run(touched, Thing(five=5, three=3))
    assert result == wanted or list(result) == list(wanted)
    assert native == touched
    accesses = [f"{s.kind} {s.name}" for s, owner in program.touch.seen if owner is touched]
    if call == "x.update({3: 4})":
        expected = "write .update()"
    assert accesses == [expected]


def test_a_method_is_touched_after_its_arguments_were_evaluated():
    assert words("x.append(y.a)", [], Thing(a=1)) == ["read .a", "write .append()"]
    assert words("x.append(y)", [], 1) == ["write .append()"]
    assert words("x.get(y.a, key)", {}, Thing(a=1), key=1) == ["read .a", "read .get()"]
    assert words("x.setdefault(1, []).append(y)", {}, 1) == [
        "write .setdefault()",
        "write .append()",
    ]


def test_a_method_reads_the_containers_among_its_arguments():
    x, y = [1], [2]
    program = Program("def f(x, y):\n    x.extend(y)\n    return ','.join(y)\n")
    y = ["2"]
    assert program.run(x, y) == "2"
    assert program.touch.on(x) == ["write .extend()"]
    assert program.touch.on(y) == ["read .extend()", "read join()"]


def test_a_method_taken_without_calling_it_touches_when_it_is_called():
    program = Program("def f(x):\n    g = x.get\n    return g, g(1), max(x, key=g)\n")
    method, value, largest = program.run({1: 2})
    assert (value, largest) == (2, 1)
    assert program.touch.words == ["read .get()", "read max()", "read .get()"]
    assert method(5, 6) == 6


def test_an_instance_attribute_that_hides_a_method_wins():
    class Bunch(dict):
        pass

    x = Bunch(a=1)
    x.items = lambda: "mine"
    assert Program("def f(x, y):\n    return x.items(*y)\n").run(x, ()) == "mine"
    assert Program("def f(x):\n    return x.items\n").run(x) is x.items


def test_errors_of_methods_are_the_native_ones():
    with pytest.raises(TypeError, match=r"append\(\) takes exactly one argument"):
        words("x.append(y.a, y.a)", [], Thing(a=1))
    with pytest.raises(KeyError):
        words("x.pop(y.a)", {}, Thing(a=1))
    with pytest.raises(AttributeError, match="'list' object has no attribute 'get'"):
        words("x.get(1)", [])


def test_a_keyword_named_self_reaches_the_method():
    x = {}
    words("x.update(self=y.a)", x, Thing(a=1))
    assert x == {"self": 1}


# -- built-in functions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "all",
        "any",
        "bool",
        "dict",
        "frozenset",
        "len",
        "list",
        "max",
        "min",
        "repr",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
    ],
)
def test_built_in_functions_read_their_container(name):
    x = {1: 2} if name == "dict" else [1, 2]
    assert words(f"return {name}(x)", x) == [f"read {name}()"]
    assert Program(f"def f(x):\n    return {name}(x)\n").run(x) == eval(name)(x)


def test_keyword_arguments_are_told_from_positional_ones():
    assert words("return sorted(x, key=y, reverse=True)", [1], None) == ["read sorted()"]
    assert words("return max(x, y, key=len)", [1], [2]) == ["read max()", "read max()"]
    assert words("return max(x, default=y)", [1], [2]) == ["read max()"]


def test_views_stand_for_their_dictionary():
    program = Program("def f(x):\n    return len(x.items()), list(x.values()), sorted(x.keys())\n")
    x = {1: 2}
    assert program.run(x) == (1, [2], [1])
    assert program.touch.on(x) == [
        "read .items()",
        "read len()",
        "read .values()",
        "read list()",
        "read .keys()",
        "read sorted()",
    ]


@pytest.mark.parametrize(
    ("call", "reads"), [("enumerate(x)", 3), ("zip(x, (1, 2))", 3), ("map(str, x)", 3)]
)
def test_lazy_functions_read_item_by_item(call, reads):
    x = [1, 2]
    program = Program(f"def f(x):\n    return list({call})\n")
    assert program.run(x) == list(eval(call, {"x": x}))
    assert len(program.touch.on(x)) == 1 + reads  # where it is made, and before each item


def test_what_is_not_a_call_stays_as_it_is():
    program = Program(
        """
        def f(x):
            class A(list):
                pass
            return (
                isinstance(x, list), list[int], type(x) is list, A(x), sum(map(len, [[x]])),
                (list if x is None else tuple)(x),
            )
        """
    )
    assert program.run([1]) == (True, list[int], True, [1], 1, (1,))
    assert program.touch.words.count("read map()") == 3


def test_a_name_that_the_module_defines_is_not_the_built_in_function():
    program = Program("def len(x):\n    return 7\ndef f(x):\n    return len(x)\n")
    assert program.run([1]) == 7
    assert program.touch.words == []


def test_functions_of_heapq_and_bisect_touch_their_heap():
    program = Program(
        """
        import heapq
        from bisect import insort, bisect
        def f(x):
            heapq.heappush(x, 3)
            insort(x, 5)
            return bisect(x, 1)
        """
    )
    assert program.run([1, 2]) == 1
    assert program.touch.words == ["write heappush()", "write insort()", "read bisect()"]


# -- iteration and unpacking -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "container",
    [
        [1, 2],
        {1: 2, 2: 3},
        {1, 2},
        collections.deque([1, 2]),
        {1: 2, 3: 4}.items(),
        bytearray(b"ab"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_loop_touches_before_each_item_and_before_it_ends(container):
    program = Program("def f(x):\n    return [y for y in x]\n")
    assert program.run(container) == list(container)
    assert program.touch.words == ["read for"] * 3
    program = Program("def f(x):\n    r = []\n    for y in x:\n        r.append(y)\n    return r\n")
    assert program.run(container) == list(container)
    assert program.touch.words.count("read for") == 3


def test_a_dictionary_that_changes_while_it_is_iterated_over_says_so():
    program = Program("def f(x):\n    for y in x:\n        x[y + 1] = 0\n")
    with pytest.raises(RuntimeError, match="dictionary changed size during iteration"):
        program.run({1: 2})


def test_another_task_that_changes_a_dictionary_in_the_touch_breaks_the_loop():
    x = {1: 2, 2: 3}
    seen = []

    def touch(site, owner):
        seen.append(site.name)
        if seen.count("for") == 2:
            x[3] = 4

    names = {}
    source = "def f(x):\n    for y in x.items(): pass\n"
    exec(instrument(compile(source, "p", "exec"), touch), names)
    with pytest.raises(RuntimeError, match="changed size"):
        names["f"](x)


def test_a_list_that_grows_while_it_is_iterated_over_is_followed():
    program = Program(
        "def f(x):\n    for y in x:\n        if y < 3:\n            x.append(y + 1)\n"
    )
    x = [1]
    program.run(x)
    assert x == [1, 2, 3]


def test_generator_expressions_and_yield_from_touch_item_by_item():
    program = Program("def f(x):\n    yield from x\n    yield from (y for y in x)\n")
    assert list(program.run([1, 2])) == [1, 2, 1, 2]
    assert program.touch.words.count("read for") >= 6


def test_an_iterator_may_be_shared_and_ends_once():
    program = Program("def f(x):\n    it = iter(x)\n    return it, next(it)\n")
    x = [1]
    it, first = program.run(x)
    assert (first, list(it)) == (1, [])
    x.append(2)
    assert list(it) == []  # exhausted for good


def test_an_iterator_knows_about_how_long_it_is():
    it, _ = Program("def f(x):\n    it = iter(x)\n    return it, 0\n").run([1, 2, 3])
    assert it.__length_hint__() == 3


@pytest.mark.parametrize(
    "body",
    [
        "a, b = x",
        "a, *b = x",
        "[*x]",
        "(*x,)",
        "{*x}",
        "y(*x)",
        "y(0, *x)",
        "y(*x, k=1)",
    ],
)
def test_unpacking_a_container_reads_it(body):
    x = [1, 2]
    program = Program(f"def f(x, y):\n    {body}\n")
    program.run(x, lambda *args, **kwargs: None)
    assert program.touch.on(x) == ["read *"]


@pytest.mark.parametrize("body", ["{**x}", "y(**x)", "y(**x, k=1)", "y(*(), **x)"])
def test_unpacking_a_dictionary_reads_it(body):
    x = {"a": 1}
    program = Program(f"def f(x, y):\n    {body}\n")
    program.run(x, lambda *args, **kwargs: None)
    assert program.touch.on(x) == ["read *"]


def test_passing_on_ones_own_arguments_reads_nothing():
    program = Program("def f(*args, **kwargs):\n    return g(*args, **kwargs)\n", g=dict)
    assert program.run([(1, 2)], a=3) == {1: 2, "a": 3}
    assert program.touch.words == []


# -- in place --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "left", "right", "seen"),
    [
        ("+=", [1], [2], True),
        ("*=", [1], 2, True),
        ("|=", {1}, {2}, True),
        ("|=", {1: 1}, {2: 2}, True),
        ("&=", {1}, {2}, True),
        ("-=", {1}, {2}, True),
        ("^=", {1}, {2}, True),
        ("+=", 1, 2, False),
        ("+=", (1,), (2,), False),
    ],
)
def test_operators_that_change_a_container_in_place_write_it_and_read_the_other(
    operator, left, right, seen
):
    program = Program(f"def f(x, y):\n    x {operator} y\n    return x\n")
    names = {"x": type(left)(left), "y": right}
    exec(f"x {operator} y", names)
    assert program.run(left, right) == names["x"]
    assert program.touch.on(left) == [f"write {operator}"] * seen
    assert program.touch.on(right) == [f"read {operator}"] * (seen and right != 2)
