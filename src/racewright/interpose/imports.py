"""Which code is instrumented, and how it comes to be: at import, in place, or as a script.

An :class:`Instrumenter` stands first in ``sys.meta_path`` and gives the modules of the project (and
those asked for by name) a loader that rewrites what the ordinary one compiles. The modules that
pytest rewrites itself are caught where it executes them. What has been imported before can be
rewritten in place, function by function. That is undone by :meth:`Instrumenter.uninstall`.

Modules that were imported instrumented stay so after that: ``touch`` must be cheap, and harmless,
while no run is under way.
"""

from __future__ import annotations

import builtins
import hashlib
import importlib
import marshal
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from racewright.interpose import accesses
from racewright.interpose.accesses import bind, is_instrumented, rewrite
from racewright.interpose.containers import Touch, make_hooks
from racewright.interpose.patching import give_code
from racewright.interpose.variables import assigned_globals

__all__ = ["NEVER", "Cache", "Instrumenter", "Patch", "functions_of"]

#: ``patch(owner, name, value)``: set an attribute of a foreign object, and remember what was there.
Patch = Callable[[object, str, object], None]

#: Packages that are never instrumented, wherever they lie.
NEVER: Final = frozenset(
    {"_pytest", "bytecode", "greenlet", "pluggy", "pytest", "racewright", "racewright_pytest"}
)

#: Directories below a root whose contents are somebody else's.
_FOREIGN: Final = frozenset(
    {".tox", ".venv", "__pypackages__", "dist-packages", "node_modules", "site-packages", "venv"}
)

_PYTEST_REWRITER: Final = "_pytest.assertion.rewrite"


class Cache:
    """Rewritten code on disk, one file for each source and interpreter: the latest version of it.

    A file that cannot be read, or does not hold a code object, is as good as none.
    """

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self.hits = 0
        self.misses = 0

    def code(self, place: str, version: Sequence[object], make: Callable[[], CodeType]) -> CodeType:
        """The code kept for ``version`` of ``place``; made, and kept, if there is none."""
        if self.directory is None:
            return make()
        where = _digest(sys.implementation.cache_tag, sys.flags.optimize, place)
        file = self.directory / f"{where}-{_digest(sys.hexversion, *version)}.code"
        found = self._read(file)
        if found is not None:
            self.hits += 1
            return found
        self.misses += 1
        code = make()
        self._write(file, code)
        for other in self.directory.glob(f"{where}-*.code"):
            if other != file:
                _remove(other)
        return code

    def _read(self, file: Path) -> CodeType | None:
        try:
            raw = file.read_bytes()
            # marshal does not survive every corruption, so what was written is checked first.
            if hashlib.sha256(raw[32:]).digest() != raw[:32]:
                return None
            found = marshal.loads(raw[32:])
        except (OSError, ValueError, EOFError, TypeError):
            return None
        return found if isinstance(found, CodeType) else None

    def _write(self, file: Path, code: CodeType) -> None:
        temporary = file.with_name(f"{file.stem}.{os.getpid()}.new")
        try:
            raw = marshal.dumps(code)
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(hashlib.sha256(raw).digest() + raw)
            os.replace(temporary, file)
        except (OSError, ValueError):  # no room, no permission: then there is no cache
            _remove(temporary)


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError:
        pass


class Instrumenter:
    """Decides what is instrumented, and does it. ``touch`` is called before every access in it.

    ``roots`` are the project's: a module whose file lies below one of them is instrumented, unless
    it lies in an environment or in the interpreter's own library. ``packages`` are instrumented
    wherever they lie. ``patch`` sets attributes of foreign objects; whoever gives it undoes them.
    """

    def __init__(
        self,
        touch: Touch,
        *,
        roots: Sequence[Path] = (),
        packages: Sequence[str] = (),
        cache: Path | None = None,
        patch: Patch | None = None,
    ) -> None:
        self.roots = tuple(_real(root) for root in roots)
        self.packages = tuple(packages)
        self.cache = Cache(cache)
        self.instrumented: list[str] = []  #: the modules, in the order in which they were rewritten
        self._hook = make_hooks(touch)
        self._patch = patch if patch is not None else self._patch_locally
        self._patched: list[tuple[Any, str, Any]] = []
        self._replaced: list[tuple[FunctionType, CodeType, CodeType]] = []
        self._finder = _Finder(self)
        self._library = tuple(
            _real(Path(path))
            for name in ("stdlib", "platstdlib")
            if (path := sysconfig.get_path(name)) is not None
        )

    # -- what

    def why_not(self, module: str, file: str | None) -> str | None:
        """Why ``module`` is not instrumented; ``None`` if it is."""
        if module.partition(".")[0] in NEVER:
            return "it is part of the machinery that runs the test"
        if any(module == name or module.startswith(f"{name}.") for name in self.packages):
            return None
        if file is None:
            return "it has no file"
        path = _real(Path(file))
        if any(_is_below(path, library) for library in self._library):
            return "it belongs to the interpreter's library"
        below = [root for root in self.roots if _is_below(path, root)]
        if not below:
            return "it lies outside the project"
        for root in below:
            foreign = _FOREIGN.intersection(path.relative_to(root).parts[:-1])
            if not foreign:
                return None
        return f"it lies in {sorted(foreign)[0]}"

    # -- when

    def install(self) -> None:
        """Instrument what is imported from now on."""
        if self._finder in sys.meta_path:
            return
        sys.meta_path.insert(0, self._finder)
        importlib.invalidate_caches()
        rewriter = sys.modules.get(_PYTEST_REWRITER)
        if rewriter is not None:
            self._patch(rewriter, "exec", self._exec_rewritten_by_pytest)

    def uninstall(self) -> None:
        """Stop instrumenting imports; put back the code of functions that were rewritten in place.

        Attributes set through the ``patch`` that the caller gave are the caller's to put back.
        """
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        while self._replaced:
            function, before, after = self._replaced.pop()
            if function.__code__ is after:
                give_code(function, before)
        while self._patched:
            owner, name, value = self._patched.pop()
            if value is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)

    def _patch_locally(self, owner: Any, name: str, value: object) -> None:
        self._patched.append((owner, name, vars(owner).get(name, _MISSING)))
        setattr(owner, name, value)

    # -- how

    def instrument_source(self, module: str, source: bytes, file: str) -> CodeType:
        """The instrumented code of ``module``, from its source."""

        def make() -> CodeType:
            return rewrite(compile(source, file, "exec", dont_inherit=True))

        return self._finish(module, "module", source, file, make)

    def run_script_code(self, path: Path | str) -> CodeType:
        """The instrumented code of a script, to be executed as ``__main__``."""
        file = os.fspath(path)
        return self.instrument_source("__main__", Path(file).read_bytes(), file)

    def _finish(
        self, module: str, what: str, source: bytes, file: str, make: Callable[[], CodeType]
    ) -> CodeType:
        version = (accesses.VERSION, what, hashlib.sha256(source).hexdigest())
        code = bind(self.cache.code(file, version, make), self._hook)
        self.instrumented.append(module)
        return code

    def _exec_rewritten_by_pytest(
        self, code: Any, namespace: dict[str, Any] | None = None, *rest: Any
    ) -> None:
        """``exec`` as :mod:`_pytest.assertion.rewrite` sees it."""
        if isinstance(code, CodeType) and namespace is not None:
            module = namespace.get("__name__", "")
            if self.why_not(module, code.co_filename) is None:
                code = self._instrument_rewritten(module, code)
        if namespace is None:
            namespace = sys._getframe(1).f_globals
        builtins.exec(code, namespace, *rest)

    def _instrument_rewritten(self, module: str, code: CodeType) -> CodeType:
        try:
            source = Path(code.co_filename).read_bytes()
        except OSError:
            return bind(rewrite(code), self._hook)
        pytest = sys.modules.get("pytest")
        # pytest's options may change what it makes of one source; its shape tells.
        shape = f"pytest {getattr(pytest, '__version__', '')} {_shape(code)}"
        return self._finish(module, shape, source, code.co_filename, lambda: rewrite(code))

    def instrument_loaded(self, package: str) -> int:
        """Rewrite in place the functions of a package that is imported already; their number."""
        count = 0
        for name, module in sorted(sys.modules.items()):
            if (name == package or name.startswith(f"{package}.")) and isinstance(
                module, ModuleType
            ):
                count += self._instrument_module(name, module)
        return count

    def instrument_function(self, function: object) -> int:
        """Rewrite in place ``function``, what it closes over, and the functions of its module."""
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        if module is None:
            return 0
        return self._instrument_module(module.__name__, module, [function])

    def _instrument_module(
        self, name: str, module: ModuleType, others: Sequence[object] = ()
    ) -> int:
        if name.partition(".")[0] in NEVER or (name in self.instrumented and not others):
            return 0
        functions = [
            function
            for function in functions_of(module, others)
            if not is_instrumented(function.__code__)
        ]
        names = vars(module)
        shared = assigned_globals({id(f.__code__): f.__code__ for f in functions}.values())
        imported = frozenset(key for key, value in names.items() if isinstance(value, ModuleType))
        rewritten: dict[int, CodeType] = {}
        for function in functions:
            before = function.__code__
            after = rewritten.get(id(before))
            if after is None:
                template = rewrite(
                    before, shared_globals=shared, imported=imported, defined=frozenset(names)
                )
                after = rewritten[id(before)] = bind(template, self._hook)
            if after is not before:
                give_code(function, after)
                self._replaced.append((function, before, after))
        if functions:
            self.instrumented.append(name)
        return len(functions)


_MISSING: Final = object()


class _Finder(MetaPathFinder):
    """Asks the finders after it, and changes the loader of what is to be instrumented."""

    def __init__(self, owner: Instrumenter) -> None:
        self._owner = owner

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in NEVER:
            return None
        # Only those after this one: another of our kind may stand before it, and has asked us.
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find is None else find(fullname, path, target)
            if spec is not None:
                break
        else:
            return None
        # Exactly this one: a subclass (pytest's, a debugger's) has plans of its own.
        if (
            type(spec.loader) is SourceFileLoader
            and self._owner.why_not(fullname, spec.origin) is None
        ):
            spec.loader = _Loader(self._owner, spec.loader.name, spec.loader.path)
        return spec

    def invalidate_caches(self) -> None:
        """Nothing is kept here."""


class _Loader(SourceFileLoader):
    """The ordinary loader of source files, but for the code."""

    def __init__(self, owner: Instrumenter, name: str, path: str) -> None:
        super().__init__(name, path)
        self._owner = owner

    def get_code(self, fullname: str) -> CodeType:
        """The instrumented code; ``.pyc`` files are neither read nor written."""
        path = self.get_filename(fullname)
        return self._owner.instrument_source(fullname, self.get_data(path), path)

    def get_source(self, fullname: str) -> str:
        """The source as it is written."""
        return decode_source(self.get_data(self.get_filename(fullname)))


def _shape(code: CodeType) -> str:
    """Tells apart what one source may be compiled to, without the chances of marshalling."""
    digest = hashlib.sha256()
    pending = [code]
    while pending:
        each = pending.pop()
        digest.update(each.co_code)
        digest.update(repr(each.co_names).encode())
        pending.extend(const for const in each.co_consts if isinstance(const, CodeType))
    return digest.hexdigest()


def _present_code(function: FunctionType) -> CodeType:
    return function.__code__


def functions_of(
    module: ModuleType,
    others: Sequence[object] = (),
    code_of: Callable[[FunctionType], CodeType] = _present_code,
) -> Iterator[FunctionType]:
    """The functions written in ``module``: its own, of its classes, and what decorators hide.

    ``others`` are looked into as well: functions that the module's names do not lead to.
    ``code_of`` gives the code in which a function was written.
    """
    file = getattr(module, "__file__", None)
    seen: set[int] = set()
    pending: list[object] = [*vars(module).values(), *others]
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, FunctionType):
            if value.__module__ == module.__name__ and _is_from(code_of(value), file):
                yield value
            pending.append(getattr(value, "__wrapped__", None))
            for cell in value.__closure__ or ():
                try:
                    pending.append(cell.cell_contents)
                except ValueError:  # empty
                    continue
        elif isinstance(value, type):
            if value.__module__ == module.__name__:
                pending.extend(vars(value).values())
        elif isinstance(value, (classmethod, staticmethod, MethodType)):
            pending.append(value.__func__)
        elif isinstance(value, property):
            pending.extend((value.fget, value.fset, value.fdel))
        elif type(value).__module__ == "functools":
            pending.extend(_behind_functools(value))


def _behind_functools(value: object) -> Iterator[object]:
    for name in ("func", "__wrapped__", "dispatcher"):
        yield getattr(value, name, None)
    registry = getattr(getattr(value, "dispatcher", None), "registry", None)
    if isinstance(registry, Mapping):
        yield from registry.values()


def _is_from(code: CodeType, file: str | None) -> bool:
    """Whether the code was compiled from ``file``; frozen modules name theirs differently."""
    return (
        file is None
        or code.co_filename.startswith("<frozen")
        or os.path.basename(code.co_filename) == os.path.basename(file)
    )


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _is_below(path: Path, directory: Path) -> bool:
    return directory == path or directory in path.parents
