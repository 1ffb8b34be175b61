"""What inserted instructions call: ``touch`` itself, and ``touch`` behind a look at the type.

An attribute of an object is touched whatever the object is. A subscript, a method or a loop touches
memory only where a *built-in container* does it in C; a class of the program that overrides
``__getitem__`` is instrumented itself, and what it touches is seen there. So the hooks below look
at the type first, and at who defines the method in question.

Where the access happens later than the instruction that names it (a method looked up now and called
after its arguments were evaluated; an iterator) the hook returns a stand-in that touches then.
"""

from __future__ import annotations

import gc
import operator
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from racewright.model.operation import ACCESS_SITES, Site

__all__ = ["BASES", "METHODS", "READ_ARGUMENTS", "Touch", "make_hooks"]

#: ``touch(site, owner)``: called before every access, in the frame above it the accessing code.
Touch = Callable[[Site, object], object]

#: A pair: what the instruction touches if it is a plain attribute, and if it is a method.
Sites = tuple[Site, Site]

BASES: Final = (dict, list, set, deque, bytearray)
_NATIVE: Final = frozenset((*BASES, OrderedDict, defaultdict, Counter))
_VIEWS: Final = frozenset(
    type(view)
    for empty in ({}, OrderedDict())  # type: ignore[var-annotated]
    for view in (empty.keys(), empty.values(), empty.items())
)

#: The methods of built-in containers that touch their contents, and how.
METHODS: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "add",
            "append",
            "appendleft",
            "clear",
            "difference_update",
            "discard",
            "extend",
            "extendleft",
            "insert",
            "intersection_update",
            "move_to_end",
            "pop",
            "popitem",
            "popleft",
            "remove",
            "reverse",
            "rotate",
            "setdefault",
            "sort",
            "subtract",
            "symmetric_difference_update",
            "update",
            "__delitem__",
            "__setitem__",
        ),
        "write",
    ),
    **dict.fromkeys(
        (
            "copy",
            "count",
            "difference",
            "elements",
            "get",
            "index",
            "intersection",
            "isdisjoint",
            "issubset",
            "issuperset",
            "items",
            "keys",
            "most_common",
            "symmetric_difference",
            "total",
            "union",
            "values",
            "__contains__",
            "__getitem__",
            "__iter__",
            "__len__",
        ),
        "read",
    ),
}

#: Methods that also read every container among their arguments.
READ_ARGUMENTS: Final = frozenset(
    {
        "difference",
        "difference_update",
        "extend",
        "extendleft",
        "intersection",
        "intersection_update",
        "isdisjoint",
        "issubset",
        "issuperset",
        "subtract",
        "symmetric_difference",
        "symmetric_difference_update",
        "union",
        "update",
    }
)


#: Types that are known not to be containers, so that they are passed by quickly. It holds built-in
#: classes and those of modules; a class made in a function must be free to go.
_ORDINARY: Final[set[type]] = set()


def _is_container(kind: type) -> bool:
    """Whether ``kind`` is derived from a built-in container; remembers it if not."""
    if issubclass(kind, BASES):
        return True
    if "<locals>" not in kind.__qualname__:
        _ORDINARY.add(kind)
    return False


class _NativeTypes(set[type]):
    """The types whose ``method`` is a built-in container's own; subclasses join when first seen."""

    def __init__(self, method: str) -> None:
        super().__init__(kind for kind in _NATIVE if hasattr(kind, method))
        self.method = method

    def learn(self, kind: type) -> bool:
        """Whether ``kind``, a subclass of a container, inherits the method; remembers it."""
        for base in kind.__mro__:
            if self.method in vars(base):
                if base in _NATIVE:
                    self.add(kind)
                    return True
                return False
        return False


_native_types: dict[str, _NativeTypes] = {}


def _native(method: str) -> _NativeTypes:
    if method not in _native_types:
        _native_types[method] = _NativeTypes(method)
    return _native_types[method]


_LEN: Final = _native("__len__")
_ITER: Final = _native("__iter__")
_CONTAINS: Final = _native("__contains__")


def _dict_behind(view: object) -> object:
    """The dictionary that a view of keys, values or items looks at."""
    behind = gc.get_referents(view)
    return behind[0] if behind else view


def _container_behind(value: object, native: _NativeTypes) -> object | None:
    """The built-in container whose contents C code finds in ``value``, or ``None``."""
    kind = type(value)
    if kind in native:
        return value
    if kind in _ORDINARY:
        return None
    if kind in _VIEWS:
        owner = _dict_behind(value)
        return owner if isinstance(owner, dict) else None
    return value if _is_container(kind) and native.learn(kind) else None


def _quiet_module_value(value: object) -> bool:
    return isinstance(value, (FunctionType, BuiltinFunctionType, type, ModuleType))


def make_hooks(touch: Touch) -> Callable[[str], Callable[..., object]]:
    """The hooks over ``touch``, by the names that :mod:`racewright.interpose.accesses` uses."""
    made: dict[str, Callable[..., object]] = {
        "touch": touch,
        "globals": globals,
        "item": _item(touch),
    }
    accessor = _accessor_class(touch)
    made.update(_whole_reads(touch))
    made.update(_loops(touch))
    made.update(_attributes(touch, accessor))

    def hook(name: str) -> Callable[..., object]:
        if name not in made:
            made[name] = _hook_for_method(name, touch, accessor)
        return made[name]

    return hook


def _item(touch: Touch) -> Callable[..., object]:
    """``owner[key]``, which of a ``defaultdict`` without the key is a write."""
    native = _native("__getitem__")

    def item(owner: Any, key: object, site: Site) -> object:
        kind = type(owner)
        if kind in native:
            if issubclass(kind, defaultdict) and _will_insert(owner, key):
                site = _twin(site, "write")
            touch(site, owner)
        elif kind not in _ORDINARY and _is_container(kind) and native.learn(kind):
            item(owner, key, site)
        return None

    return item


def _will_insert(owner: defaultdict[object, object], key: object) -> bool:
    try:
        return owner.default_factory is not None and key not in owner
    except TypeError:  # unhashable: the access itself is going to say so
        return False


def _in_place(method: str, touch: Touch) -> Callable[..., object]:
    """``left += right`` where ``left`` is a container: it changes, and ``right`` is read."""
    native = _native(method)

    def in_place(left: object, right: object, site: Site) -> object:
        kind = type(left)
        if kind in native or (kind not in _ORDINARY and _is_container(kind) and native.learn(kind)):
            read = _container_behind(right, _ITER)
            if read is not None:
                touch(_twin(site, "read"), read)
            touch(site, left)
        return None

    return in_place


def _hook_for_method(name: str, touch: Touch, accessor: type[Any]) -> Callable[..., object]:
    """``contents:METHOD`` touches; ``method:METHOD`` gives a stand-in that touches when called."""
    what, _, method = name.partition(":")
    if what == "in place":
        return _in_place(method, touch)
    native = _native(method)
    learn = native.learn
    ordinary = _ORDINARY

    if what == "contents":

        def contents(site: Site, owner: Any) -> object:
            kind = type(owner)
            if kind in native or (kind not in ordinary and _is_container(kind) and learn(kind)):
                touch(site, owner)
            elif kind is super:
                _touch_through(owner, site, touch)
            return owner

        return contents

    def method_of(site: Site, owner: Any) -> object:
        kind = type(owner)
        if kind in native or (kind not in ordinary and _is_container(kind) and learn(kind)):
            # An attribute of the instance hides the method, as in ``self.__dict__ = self``.
            if kind in _NATIVE or method not in getattr(owner, "__dict__", ()):
                return accessor(site, owner)
            return owner
        if kind is super:
            _touch_through(owner, site, touch)
        return owner

    return method_of


def _touch_through(owner: Any, site: Site, touch: Touch) -> None:
    """``super().append(item)``: the container is what ``super`` is bound to."""
    if _is_container(type(owner.__self__)):
        touch(site, owner.__self__)


def _attributes(touch: Touch, accessor: type[Any]) -> dict[str, Callable[..., object]]:
    def attribute_or_method(sites: Sites, owner: Any) -> object:
        attribute, method = sites
        kind = type(owner)
        if kind not in _ORDINARY and _is_container(kind):
            name = method.name[1:-2]
            native = _native(name)
            if (kind in native or native.learn(kind)) and (
                kind in _NATIVE or name not in getattr(owner, "__dict__", ())
            ):
                return accessor(method, owner)
        touch(attribute, owner)
        return owner

    def module_attribute(site: Site, owner: Any) -> object:
        if type(owner) is not ModuleType:
            return touch(site, owner)
        names = owner.__dict__
        if not _quiet_module_value(names.get(site.name[1:], ModuleType)):
            touch(site, names)
        return None

    return {"attribute or method": attribute_or_method, "module attribute": module_attribute}


def _loops(touch: Touch) -> dict[str, Callable[..., object]]:
    """Iteration, which touches the container at every step."""

    def items(site: Site, owner: object, iterated: Any) -> Iterator[object]:
        __tracebackhide__ = True
        touch(site, owner)
        # Each item is taken right after its touch, so no other task runs between the two.
        for item in iterated:
            yield item
            touch(site, owner)

    class Items:
        """An iterator that tasks may share, which a generator must not be."""

        __slots__ = ("iterator", "owner", "site")

        def __init__(self, site: Site, owner: object, iterated: Any) -> None:
            touch(site, owner)
            self.site = site
            self.owner: object = owner
            self.iterator = iter(iterated)

        def __iter__(self) -> Items:
            return self

        def __next__(self) -> object:
            __tracebackhide__ = True
            if self.owner is None:
                raise StopIteration
            touch(self.site, self.owner)
            try:
                return next(self.iterator)
            except StopIteration:
                self.owner = None  # an exhausted iterator lets its container go
                raise

        def __length_hint__(self) -> int:
            return operator.length_hint(self.iterator)

        def __reduce__(self) -> Any:
            return self.iterator.__reduce__()

    def iterate(site: Site, value: object) -> object:
        """For ``GET_ITER`` straight before ``FOR_ITER``: nobody else ever sees the iterator."""
        owner = _container_behind(value, _ITER)
        return value if owner is None else items(site, owner, value)

    def iterate_shared(site: Site, value: object) -> object:
        owner = _container_behind(value, _ITER)
        return value if owner is None else Items(site, owner, value)

    return {"iterate": iterate, "iterate shared": iterate_shared}


def _whole_reads(touch: Touch) -> dict[str, Callable[..., object]]:
    """Whole-container reads: by built-in functions, unpacking, ``in`` and truth."""

    def read_all(site: Site, value: object) -> object:
        owner = _container_behind(value, _ITER)
        if owner is not None:
            touch(site, owner)
        return value

    def write_all(site: Site, value: object) -> object:
        if _is_container(type(value)):
            touch(site, value)
        return value

    def contains(site: Site, value: object) -> object:
        owner = _container_behind(value, _CONTAINS)
        if owner is not None:
            touch(site, owner)
        return value

    def truth(site: Site, value: object) -> object:
        kind = type(value)
        if kind in _LEN or (kind not in _ORDINARY and _is_container(kind) and _LEN.learn(kind)):
            touch(site, value)
        return value

    return {
        "contains": contains,
        "read all": read_all,
        "super contents": write_all,
        "truth": truth,
        "write all": write_all,
    }


def _accessor_class(touch: Touch) -> type[Any]:
    """A stand-in for a container between the look-up of a method and its call."""

    class Accessor:
        __slots__ = ("owner", "site")

        def __init__(self, site: Site, owner: object) -> None:
            self.site = site
            self.owner = owner

    for name in METHODS:
        make = _reading_method if name in READ_ARGUMENTS else _method
        setattr(Accessor, name, make(name, touch))
    return Accessor


def _method(name: str, touch: Touch) -> Callable[..., object]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> object:
        __tracebackhide__ = True
        owner = self.owner
        touch(self.site, owner)
        return getattr(owner, name)(*args, **kwargs)

    method.__name__ = method.__qualname__ = name
    return method


def _reading_method(name: str, touch: Touch) -> Callable[..., object]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> object:
        __tracebackhide__ = True
        owner = self.owner
        for arg in args:
            read = _container_behind(arg, _ITER)
            if read is not None and read is not owner:
                touch(_twin(self.site, "read"), read)
        touch(self.site, owner)
        return getattr(owner, name)(*args, **kwargs)

    method.__name__ = method.__qualname__ = name
    return method


#: Beside a site that reads, the same as one that writes, and the other way round.
_twins: dict[int, tuple[Site, Site]] = {}


def _twin(site: Site, kind: str) -> Site:
    """The same place, as a read or a write: what ``xs.extend(ys)`` does to ``ys``."""
    if site.kind == kind:
        return site
    entry = _twins.get(id(site))
    if entry is None:
        key = (site.file, site.line, site.function, kind, site.name)
        twin = ACCESS_SITES.get(key) or Site(*key)
        entry = _twins[id(site)] = (site, twin)
    return entry[1]
