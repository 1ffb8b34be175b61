"""Files as a generator would write them: each is made for a number of repetitions."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["DEEP", "LONG", "Maker"]

Maker = Callable[[int], str]


def _each(line: str, count: int, first: int = 0) -> str:
    """``line`` for each number; ``{i}`` is the number, ``{h}`` the one before."""
    numbers = range(first, count)
    return "".join(line.replace("{i}", str(i)).replace("{h}", str(i - 1)) for i in numbers)


def _in_function(line: str, head: str = "def f(a, d):\n") -> Maker:
    return lambda count: head + _each(line, count)


def _fan(width: int) -> str:
    """Layers of functions, each of which calls all of the next, under a lock at both ends."""
    layers = "".join(
        f"def f{layer}_{i}():\n" + "".join(f"  f{layer + 1}_{j}()\n" for j in range(width))
        for layer in range(8)
        for i in range(width)
    )
    last = _each("def f8_{i}():\n  with l{i}: pass\n", width)
    locks = _each("l{i} = threading.Lock()\n", width + 1)
    first = f"def first():\n  with l{width}:\n    f0_0()\n"
    return "import threading\n" + locks + layers + last + first


_THREADED = (
    "import threading\nclass A:\n  def __init__(self):\n"
    "    threading.Thread(target=self.f).start()\n"
)
_WAITING = "import threading\nclass A:\n  def __init__(self):\n    self.c = threading.Condition()\n"
_POOL = "import concurrent.futures\ndef f(g):\n  pool = concurrent.futures.ThreadPoolExecutor(2)\n"

#: Long files, and long functions: work must grow as they do, and not as its square.
LONG: dict[str, Maker] = {
    "one name given a value again and again": _in_function(
        "  t = threading.Thread(target=a)\n  t.start()\n  t.join()\n",
        "import threading\ndef f(a):\n",
    ),
    "threads of many names": lambda n: (
        "import threading\ndef f(g):\n"
        + _each("  t{i} = threading.Thread(target=g)\n  t{i}.start()\n", n)
        + _each("  t{i}.join()\n", n)
    ),
    "futures": lambda n: (
        _POOL + _each("  t{i} = pool.submit(g)\n", n) + _each("  t{i}.result()\n", n)
    ),
    "futures that nobody reads": lambda n: _POOL + _each("  t{i} = pool.submit(g)\n", n),
    "tasks": _in_function("  asyncio.create_task(a())\n", "import asyncio\nasync def f(a):\n"),
    "statements": _in_function("  a{i} = d.b{i}\n"),
    "calls": _in_function("  a.m{i}(a{i})\n"),
    "aliases": _in_function("  a{i} = a{h}\n  a{i}.x()\n"),
    "values that circle": _in_function("  a = a.b{i}\n  d = a.c\n  a = d.c\n"),
    "branching values": lambda n: (
        "def f(b):\n  b0 = b\n" + _each("  b{i} = b{h}.x\n  b{i} = b{h}.y\n", n, 1)
    ),
    "aliases of the module": lambda n: "a0 = f\n" + _each("a{i} = a{h}\na{i}.x()\n", n, 1),
    "updates of many attributes": lambda n: (
        _THREADED + "  def f(self):\n" + _each("    self.x{i} += 1\n", n)
    ),
    "updates of one attribute": lambda n: (
        _THREADED
        + "  def f(self):\n"
        + _each("    self.x += 1\n", n)
        + "  def g(self):\n"
        + _each("    self.x += 1\n", n)
    ),
    "one global variable": lambda n: (
        "import threading\ng = 0\n"
        + _each("def f{i}():\n  global g\n  g += 1\nthreading.Thread(target=f{i}).start()\n", n)
    ),
    "methods that call one another": lambda n: (
        _THREADED + "  def f(self): self.m0()\n" + _each("  def m{i}(self): self.m{h}()\n", n)
    ),
    "locks of an object": lambda n: (
        "import threading\nclass A:\n  def __init__(self):\n"
        + _each("    self.l{i} = threading.Lock()\n", n)
        + "  def f(self):\n"
        + _each("    with self.l{i}:\n      self.x{i} = 1\n", n)
    ),
    "a lock that is made again and again": lambda n: (
        "import threading\nclass A:\n  def f(self):\n"
        + _each("    self.a = threading.Lock()\n", n)
        + "  def g(self):\n"
        + _each("    self.a.acquire()\n", n)
    ),
    "locks in one with": lambda n: (
        "import threading\nl = threading.Lock()\ndef f(a):\n  with "
        + ", ".join(["l"] * n)
        + ":\n    pass\n"
    ),
    "items in one with": lambda n: (
        "def f(a):\n  with " + ", ".join(f"a{i}" for i in range(n)) + ":\n    pass\n"
    ),
    "locks that are never released": _in_function("  a{i}.acquire()\n"),
    "waits and notifications": lambda n: (
        _WAITING
        + "  def f(self):\n"
        + _each("    with self.c:\n      self.c.wait()\n      self.c.notify()\n", n)
    ),
    "events": _in_function(
        "  e.wait()\n  e.set()\n  assert e.is_set()\n",
        "import threading\ndef test_f():\n  e = threading.Event()\n",
    ),
    "swallowed cancellations": _in_function(
        "  try:\n    await a()\n  except asyncio.CancelledError:\n    pass\n",
        "import asyncio\nasync def f(a):\n",
    ),
    "reads, awaits and writes": _in_function(
        "    y{i} = self.x{i}\n    await d()\n    self.x{i} = y{i} + 1\n",
        "class A:\n  async def f(self, d):\n",
    ),
    "requests to a cache": _in_function(
        "  v = a.get(d)\n  if v is None:\n    v = g()\n    a.set(d, v)\n"
    ),
    "looks at one path": _in_function(
        "  if os.path.exists(a):\n    open(a)\n", "import os\ndef f(a):\n"
    ),
    "functions": lambda n: _each("def f{i}(x):\n  return f{h}(x)\n", n),
    "functions of one name": lambda n: _each("def f(x):\n  return f(x)\n", n),
    "functions in one another": lambda n: "def f():\n" + _each("  def f{i}(): f{h}()\n", n),
    "functions that threads run": lambda n: (
        "import threading\n"
        + _each("def f{i}(x):\n  threading.Thread(target=f{h}).start()\n", n, 1)
    ),
    "calls that fan out": lambda n: _fan(math.isqrt(n) + 1),
    "methods that start the same thread": lambda n: (
        "import threading\nclass A:\n  def run(self): self.x += 1\n"
        + _each("  def s{i}(self): threading.Thread(target=self.run).start()\n", n)
    ),
    "classes that are threads": lambda n: (
        "import threading\nclass A(threading.Thread):\n  def run(self): self.x = 1\n"
        + _each("class A{i}(A):\n  def run(self): self.x += 1\n", n)
    ),
    "tests that sleep": _in_function(
        "  def test_{i}(self):\n    time.sleep(1)\n    assert self.x{i}\n",
        "import time\nclass T:\n",
    ),
    "tests that start threads": _in_function(
        "def test_{i}():\n  t = threading.Thread(target=lambda: None)\n  t.start()\n  t.join()\n",
        "import threading\n",
    ),
    "imports": lambda n: _each("import m{i}\n", n) + "def f():\n" + _each("  m{i}.x()\n", n),
    "stars": lambda n: _each("from m{i} import *\n", n) + "def f():\n" + _each("  x{i}()\n", n),
    "entries of a dict": lambda n: "d = {" + "".join(f"{i}: g({i}), " for i in range(n)) + "}\n",
    "targets": lambda n: (
        "def f():\n  "
        + ", ".join(f"a{i}" for i in range(n))
        + " = "
        + ", ".join(f"b{i}" for i in range(n))
        + "\n"
    ),
    "decorators": lambda n: _each("@d{i}\n", n) + "def f(): pass\n",
    "ifs that look and act": _in_function("  if {i} not in d:\n    d[{i}] = 1\n"),
    "comments that silence": lambda n: _each(
        "x = 1  # racewright: ignore[check-then-act] why\n", n
    ),
}

#: Files that are deep: they are read, or it is said that they are too deep.
DEEP: dict[str, Maker] = {
    "parentheses": lambda n: "x = " + "(" * n + "1" + ")" * n + "\n",
    "attributes": lambda n: "def f(a):\n  return a" + ".b" * n + "\n",
    "calls of calls": lambda n: "def f(a):\n  return a" + ".b()" * n + "\n",
    "dicts": lambda n: "x = " + "{0:" * n + "1" + "}" * n + "\n",
    "lambdas": lambda n: "x = " + "lambda: " * n + "1\n",
    "signs": lambda n: "x = " + "not " * n + "1\n",
    "sums": lambda n: "def f(a):\n  return " + "+".join(f"a{i}" for i in range(n)) + "\n",
    "ifs": lambda n: (
        "def f(a):\n"
        + "".join(" " * (i + 1) + "if a:\n" for i in range(n))
        + " " * (n + 1)
        + "g()\n"
    ),
    "elifs": lambda n: "def f(a):\n  if a: pass\n" + _each("  elif a == {i}: g({i})\n", n),
    "bases": lambda n: (
        "class A0:\n  def run(self): self.x = 1\n"
        + _each("class A{i}(A{h}):\n  def m{i}(self): self.x = self.y{i}\n", n, 1)
    ),
    "bases in a circle": lambda n: (
        f"class A0(A{n - 1}): pass\n"
        + _each("class A{i}(A{h}):\n  def m(self): self.x += 1\n", n, 1)
    ),
    "returned values": lambda n: (
        "class A: pass\ndef f0(): return A()\n"
        + _each("def f{i}():\n  x = f{h}()\n  return x\n", n, 1)
    ),
}
