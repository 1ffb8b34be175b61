"""What is instrumented, how, and that it is undone."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import subprocess
import sys
import sysconfig
import textwrap
import types
from pathlib import Path

import pytest

from racewright.interpose.imports import NEVER, Instrumenter

SOURCE = """
    '''A bank.'''
    balance = 0
    class Account:
        def __init__(self):
            self.amount = 0
        def deposit(self, n):
            self.amount += n
            return self.amount
    def total():
        global balance
        balance += 1
        return balance
    """


class Seen(list):
    """A touch that keeps names."""

    def touch(self, site, owner):
        self.append(f"{site.kind} {site.name}")


@pytest.fixture
def seen():
    return Seen()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A directory on ``sys.path`` that modules are written to; they are forgotten afterwards."""
    before = dict(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]


def write(folder, name, source=SOURCE):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(source))
    importlib.invalidate_caches()
    return file


@pytest.fixture
def instrumenter(request, seen):
    made = []

    def make(**options):
        each = Instrumenter(seen.touch, **options)
        made.append(each)
        each.install()
        return each

    yield make
    for each in made:
        each.uninstall()


# -- imports ---------------------------------------------------------------------------------------


def test_a_module_below_a_root_is_instrumented_when_it_is_imported(project, seen, instrumenter):
    write(project, "bank_a.py")
    ours = instrumenter(roots=[project])
    bank = importlib.import_module("bank_a")
    seen.clear()
    assert bank.Account().deposit(5) == 5
    assert seen == ["write .amount", "read .amount", "write .amount", "read .amount"]
    assert ours.instrumented == ["bank_a"]
    assert bank.__doc__ == "A bank."
    assert inspect.getsource(bank.total).startswith("def total")
    assert bank.__spec__.origin == str(project / "bank_a.py")


def test_a_module_elsewhere_is_not(project, tmp_path_factory, seen, instrumenter):
    write(project, "bank_b.py")
    instrumenter(roots=[tmp_path_factory.mktemp("elsewhere")])
    assert importlib.import_module("bank_b").Account().deposit(5) == 5
    assert seen == []


def test_packages_submodules_and_relative_imports_work(project, seen, instrumenter):
    write(project, "shop/__init__.py", "from .stock import Stock\n")
    write(project, "shop/stock.py", "class Stock:\n    def __init__(self):\n        self.n = 1\n")
    ours = instrumenter(roots=[project])
    shop = importlib.import_module("shop")
    shop.Stock()
    assert ours.instrumented == ["shop", "shop.stock"]
    assert seen == ["write .n"]


def test_after_uninstalling_imports_are_ordinary(project, seen, instrumenter):
    before = list(sys.meta_path)
    ours = instrumenter(roots=[project])
    ours.install()  # twice is once
    assert len(sys.meta_path) == len(before) + 1
    ours.uninstall()
    ours.uninstall()
    assert sys.meta_path == before
    write(project, "bank_c.py")
    importlib.import_module("bank_c").total()
    assert seen == []


@pytest.mark.parametrize(
    "folder",
    [".venv/lib/python3/site-packages", "venv", ".tox/py", "node_modules/x", "dist-packages"],
)
def test_what_lies_in_an_environment_below_the_root_is_somebody_elses(folder, tmp_path, seen):
    ours = Instrumenter(seen.touch, roots=[tmp_path])
    assert ours.why_not("a", str(tmp_path / folder / "a.py")) is not None
    assert ours.why_not("a", str(tmp_path / "src" / "a.py")) is None


def test_the_interpreters_library_is_not_instrumented_unless_it_is_named(seen):
    library = Path(sysconfig.get_path("stdlib"))
    ours = Instrumenter(seen.touch, roots=[library.parent], packages=["queue"])
    assert "library" in ours.why_not("heapq", str(library / "heapq.py"))
    assert ours.why_not("queue", str(library / "queue.py")) is None


@pytest.mark.parametrize("name", sorted(NEVER))
def test_the_machinery_is_never_instrumented(name, tmp_path, seen):
    ours = Instrumenter(seen.touch, roots=[tmp_path], packages=[name])
    assert ours.why_not(name, str(tmp_path / f"{name}.py")) is not None
    assert ours.why_not(f"{name}.part", str(tmp_path / name / "part.py")) is not None


def test_a_package_may_be_named_with_dots(seen):
    ours = Instrumenter(seen.touch, packages=["concurrent.futures"])
    assert ours.why_not("concurrent.futures.thread", "thread.py") is None
    assert ours.why_not("concurrent.futures", "x.py") is None
    assert ours.why_not("concurrent", "x.py") is not None
    assert ours.why_not("concurrent.futures_more", "x.py") is not None


def test_compiled_modules_without_source_are_left_alone(project, seen, instrumenter):
    source = write(project, "bank_d.py")
    import py_compile

    py_compile.compile(str(source), cfile=str(project / "bank_d.pyc"))
    source.unlink()
    importlib.invalidate_caches()
    instrumenter(roots=[project])
    assert importlib.import_module("bank_d").Account().deposit(1) == 1
    assert seen == []


def test_the_ordinary_byte_code_files_are_not_touched(project, seen, instrumenter):
    write(project, "bank_e.py")
    instrumenter(roots=[project])
    importlib.import_module("bank_e").total()
    assert seen
    assert not (project / "__pycache__").exists()


def test_an_error_of_syntax_is_the_ordinary_one(project, instrumenter):
    write(project, "wrong.py", "def f(:\n    pass\n")
    instrumenter(roots=[project])
    with pytest.raises(SyntaxError) as caught:
        importlib.import_module("wrong")
    assert (caught.value.filename, caught.value.lineno) == (str(project / "wrong.py"), 1)


def test_a_module_declares_its_encoding(project, instrumenter):
    (project / "latin.py").write_bytes(b"# coding: latin-1\nword = '\xe9'\n")
    instrumenter(roots=[project])
    module = importlib.import_module("latin")
    assert module.word == "é"
    assert module.__loader__.get_source("latin").startswith("# coding")


def test_a_module_can_be_reloaded(project, seen, instrumenter):
    file = write(project, "bank_f.py")
    instrumenter(roots=[project])
    bank = importlib.import_module("bank_f")
    file.write_text("def total():\n    return 'new'\n")
    assert importlib.reload(bank).total() == "new"


def test_a_script_is_instrumented_as_main(tmp_path, seen):
    file = write(tmp_path, "script.py", SOURCE + "\n    result = total(), __name__\n")
    code = Instrumenter(seen.touch).run_script_code(file)
    names = {"__name__": "__main__"}
    exec(code, names)
    assert names["result"] == (1, "__main__")
    assert "write balance" in seen
    assert code.co_filename == str(file)


# -- in place --------------------------------------------------------------------------------------

LOADED = """
    import functools, contextlib
    count = 0
    def bump():
        global count
        count += 1
    def kept(function):
        @functools.wraps(function)
        def wrapper(self):
            return function(self)
        return wrapper
    class Thing:
        a = 1
        @classmethod
        def of_class(cls):
            return cls.a
        @staticmethod
        def static(thing):
            return thing.a
        @property
        def computed(self):
            return self.a
        @computed.setter
        def computed(self, value):
            self.a = value
        @kept
        def wrapped(self):
            return self.a
        @functools.cached_property
        def once(self):
            return self.a
        @functools.lru_cache
        def cached(self):
            return self.a
        class Inner:
            def method(self, thing):
                return (lambda: thing.a)()
    @functools.singledispatch
    def shown(value):
        return value.a
    @shown.register
    def _(value: int):
        return [value].pop()
    """


def test_functions_of_a_loaded_module_are_rewritten_in_place_and_put_back(project, seen):
    write(project, "loaded.py", LOADED)
    module = importlib.import_module("loaded")
    codes = dict(codes_of(module))
    ours = Instrumenter(seen.touch)
    number = ours.instrument_loaded("loaded")
    thing = module.Thing()

    def touched(call):
        seen.clear()
        call()
        return list(seen)

    assert touched(module.bump) == ["read count", "write count"]
    assert touched(module.Thing.of_class) == ["read .a"]
    assert touched(lambda: module.Thing.static(thing)) == ["read .a"]
    assert touched(lambda: thing.computed) == ["read .a"]
    assert touched(lambda: setattr(thing, "computed", 2)) == ["write .a"]
    assert touched(thing.wrapped) == ["read .a"]
    assert touched(lambda: thing.once) == ["read .a"]
    assert touched(thing.cached) == ["read .a"]
    assert touched(lambda: module.Thing.Inner().method(thing)) == ["read .a"]
    assert touched(lambda: module.shown(thing)) == ["read .a"]
    assert touched(lambda: module.shown(1)) == ["write .pop()"]
    assert number >= 11
    assert ours.instrument_loaded("loaded") == 0

    ours.uninstall()
    assert dict(codes_of(module)) == codes
    assert touched(module.bump) == []


def codes_of(module):
    for name, value in {**vars(module), **vars(module.Thing)}.items():
        function = getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType):
            yield name, function.__code__


def test_what_was_imported_instrumented_is_not_rewritten_again(project, seen, instrumenter):
    write(project, "bank_g.py")
    ours = instrumenter(roots=[project])
    bank = importlib.import_module("bank_g")
    other = Instrumenter(seen.touch)
    code = bank.total.__code__
    other.instrument_loaded("bank_g")
    ours.instrument_function(bank.total)
    assert bank.total.__code__ is code


def test_modules_of_the_library_can_be_rewritten_in_place(seen):
    import queue

    ours = Instrumenter(seen.touch, packages=["queue"])
    code = queue.Queue.put.__code__
    ours.instrument_loaded("queue")
    try:
        q = queue.Queue()
        q.put(1)
        assert q.get() == 1
    finally:
        ours.uninstall()
    assert {"write .unfinished_tasks", "write .append()", "write .popleft()"} <= set(seen)
    assert queue.Queue.put.__code__ is code


def test_a_function_that_changed_hands_is_not_put_back(project, seen):
    write(project, "bank_h.py")
    bank = importlib.import_module("bank_h")
    ours = Instrumenter(seen.touch)
    ours.instrument_loaded("bank_h")
    bank.total.__code__ = (lambda: "mine").__code__
    ours.uninstall()
    assert bank.total() == "mine"


def test_a_function_defined_in_a_function_is_rewritten_with_what_it_closes_over(project, seen):
    source = """
        def make():
            def inner(box):
                box.value = 1
            def outer(box):
                inner(box)
                return box.value
            return outer
        """
    write(project, "nested.py", source)
    outer = importlib.import_module("nested").make()
    ours = Instrumenter(seen.touch)
    try:
        assert ours.instrument_function(outer) == 3
        assert outer(types.SimpleNamespace()) == 1
    finally:
        ours.uninstall()
    assert seen == ["write .value", "read .value"]


# -- the cache -------------------------------------------------------------------------------------


def executed(code):
    names = {"__name__": "cached"}
    exec(code, names)
    return names


def test_what_is_kept_on_disk_behaves_as_what_was_just_rewritten(tmp_path, seen):
    file = write(tmp_path, "bank.py")
    results = []
    for hits, misses in ((0, 1), (1, 0), (1, 0)):
        ours = Instrumenter(seen.touch, cache=tmp_path / "cache")
        seen.clear()
        names = executed(ours.run_script_code(file))
        names["Account"]().deposit(names["total"]())
        results.append(list(seen))
        assert (ours.cache.hits, ours.cache.misses) == (hits, misses)
    assert results[0] == results[1] == results[2] != []
    assert [each.suffix for each in (tmp_path / "cache").iterdir()] == [".code"]


def test_a_source_that_changed_is_rewritten(tmp_path, seen):
    file = write(tmp_path, "bank.py")
    for source, misses in ((SOURCE, 1), (SOURCE + "\n    more = 1\n", 1), (SOURCE, 1), (SOURCE, 0)):
        write(tmp_path, "bank.py", source)
        ours = Instrumenter(seen.touch, cache=tmp_path / "cache")
        names = executed(ours.run_script_code(file))
        assert ours.cache.misses == misses
        assert ("more" in names) == ("more" in source)
        assert len(list((tmp_path / "cache").iterdir())) == 1  # the latest only


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: raw[:40],
        lambda raw: raw[:-1],
        lambda raw: b"x" * len(raw),
        lambda raw: raw[:100] + bytes([raw[100] ^ 255]) + raw[101:],
    ],
)
def test_a_spoilt_cache_file_is_ignored_and_written_anew(tmp_path, seen, spoil):
    file = write(tmp_path, "bank.py")
    Instrumenter(seen.touch, cache=tmp_path / "cache").run_script_code(file)
    [kept] = (tmp_path / "cache").iterdir()
    good = kept.read_bytes()
    kept.write_bytes(spoil(good))
    ours = Instrumenter(seen.touch, cache=tmp_path / "cache")
    assert executed(ours.run_script_code(file))["total"]() == 1
    assert kept.read_bytes()[32:] != spoil(good)[32:] or not spoil(good)
    assert Instrumenter(seen.touch, cache=tmp_path / "cache").run_script_code(file)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, seen):
    file = write(tmp_path, "bank.py")
    (tmp_path / "cache").write_text("a file, not a folder")
    ours = Instrumenter(seen.touch, cache=tmp_path / "cache")
    assert executed(ours.run_script_code(file))["total"]() == 1


# -- pytest ----------------------------------------------------------------------------------------

TEST = """
    from helper import Counter
    def test_rewritten():
        counter = Counter()
        counter.up()
        assert counter.n == 1
    def test_fails():
        counter = Counter()
        assert counter.n == 5
    """

CONFTEST = """
    import pytest
    from pathlib import Path
    from racewright.interpose.imports import Instrumenter
    seen = []
    ours = Instrumenter(
        lambda site, owner: seen.append((Path(site.file).name, site.kind, site.name)),
        roots=[Path(__file__).parent], cache=Path(__file__).parent / "cache",
    )
    def pytest_configure(config):
        ours.install()
    def pytest_unconfigure(config):
        ours.uninstall()
        from _pytest.assertion import rewrite
        print("EXEC", "exec" in vars(rewrite))
        print("SEEN", sorted(set(seen)))
        print("CACHE", ours.cache.hits, ours.cache.misses)
    """


def test_modules_that_pytest_rewrites_are_instrumented_too(tmp_path):
    write(tmp_path, "conftest.py", CONFTEST)
    write(
        tmp_path,
        "helper.py",
        "class Counter:\n    n = 0\n    def up(self):\n        self.n += 1\n",
    )
    write(tmp_path, "test_it.py", TEST)
    for cache in ("CACHE 0 2", "CACHE 2 0"):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-s",
                "-p",
                "no:racewright",
                "-p",
                "no:cacheprovider",
            ],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
        assert "assert 0 == 5" in done.stdout
        assert "where 0 = <helper.Counter object" in done.stdout
        assert "EXEC False" in done.stdout
        assert "('helper.py', 'write', '.n')" in done.stdout
        assert "('test_it.py', 'read', '.n')" in done.stdout
        assert cache in done.stdout


def test_attributes_are_set_through_the_patch_that_is_given(seen):
    import _pytest.assertion.rewrite as rewriter

    done = []
    ours = Instrumenter(seen.touch, patch=lambda *what: done.append(what))
    ours.install()
    ours.uninstall()
    [(owner, name, _)] = done
    assert (owner, name) == (rewriter, "exec")
    assert "exec" not in vars(rewriter)


def test_exec_in_the_rewriter_passes_on_what_is_not_ours(seen):
    import _pytest.assertion.rewrite as rewriter

    ours = Instrumenter(seen.touch)
    ours.install()
    try:
        names = {}
        rewriter.exec("x = [1].pop()", names)
        rewriter.exec(compile("y = [1].pop()", "nowhere.py", "exec"), names)
        assert (names["x"], names["y"]) == (1, 1)
    finally:
        ours.uninstall()
    assert seen == []
    assert "exec" not in vars(rewriter)


def test_functools_of_the_library_in_place_keeps_working(seen):
    ours = Instrumenter(seen.touch)
    ours.instrument_loaded("functools")
    try:

        @functools.total_ordering
        class Version:
            def __init__(self, n):
                self.n = n

            def __eq__(self, other):
                return self.n == other.n

            def __lt__(self, other):
                return self.n < other.n

        assert Version(1) <= Version(2)
        assert functools.partialmethod(print).func is print
    finally:
        ours.uninstall()


def test_two_instrumenters_at_once_leave_importing_alone(project, seen, instrumenter):
    write(project, "bank_twice.py")
    instrumenter(roots=[project])
    instrumenter(roots=[project / "elsewhere"])
    assert importlib.import_module("bank_twice").total() == 1
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("bank_that_is_not_there")
