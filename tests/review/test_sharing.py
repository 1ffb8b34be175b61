"""That an object is shared is believed for a reason, and the finding says which."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from racewright.model.finding import Finding
from racewright.review import review
from racewright.review.concurrency import Concurrency, Root
from racewright.review.configuration import ReviewSettings
from racewright.review.engine import read_file
from racewright.review.handlers import handlers
from racewright.review.project import Project
from racewright.review.rule import find_rule
from racewright.review.sharing import Sharing, sharings
from tests.review.support import found_by

UPDATE = find_rule("unlocked-read-modify-write")
CHECK = find_rule("check-then-act")
LOOP = find_rule("loop-over-shared-container")


def project_of(**files: str) -> Project:
    """The facts of files, by the names of their modules."""
    facts = []
    for name, text in files.items():
        read = read_file(f"{name}.py", textwrap.dedent(text).encode())
        assert read.facts is not None
        facts.append(read.facts)
    return Project(facts)


def shared_in(project: Project) -> list[Sharing]:
    return list(sharings(project, Concurrency(project).calls))


def only(text: str) -> Sharing:
    (found,) = shared_in(project_of(service=text))
    return found


def found_in(folder: Path, **files: str) -> list[Finding]:
    """What a review finds in a package of ``files``."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    settings = ReviewSettings(paths=(str(folder),), ruff=False, cache=False)
    return list(review(settings).findings)


# --- Objects that modules keep ---

GENERATOR = """
    class Generator:
        def __init__(self):
            self.count = 0

        def next(self):
            self.count += 1
            return self.count
    """


def test_functions_of_a_module_that_are_methods_of_one_object_are_named_with_it() -> None:
    found = only(GENERATOR + "\n    _one = Generator()\n    next = _one.next\n")
    assert (found.name, found.starts) == ("service._one", ("service.Generator.next",))
    assert found.why == (
        "next() of service are methods of one object, service._one, which all threads that import "
        "the module have."
    )


@pytest.mark.parametrize(
    "behind",
    [
        "_one = Generator()",  # nobody is told of it
        "_one = Generator()\n    _next = _one.next",
        "next = Generator.next",  # of no object
        "_one = make()\n    next = _one.next",
    ],
)
def test_an_object_that_a_module_keeps_for_itself_is_not_everybodys(behind: str) -> None:
    project = project_of(service=f"{GENERATOR}\n    {behind}\n")
    assert shared_in(project) == []


def test_what_decorates_functions_is_called_when_modules_are_imported() -> None:
    text = GENERATOR + "\n    _one = Generator()\n    next = _one.next\n"
    project = project_of(service=text + "\n    @next\n    def work(): ...\n")
    assert shared_in(project) == []


# --- Objects in the place of functions and attributes ---


def test_a_class_that_decorates_a_function_in_another_file_takes_its_place() -> None:
    project = project_of(
        memory="""
            class remembered:
                def __call__(self, key):
                    return key
            """,
        use="""
            from memory import remembered

            @remembered
            def square(number):
                return number * number
            """,
    )
    (found,) = shared_in(project)
    assert found.starts == ("memory.remembered.__call__",)
    assert "(use.square is decorated with it)" in found.why


@pytest.mark.parametrize(
    "text",
    [
        # Its object is what decorates, once, and not what takes the place of the function.
        "class named:\n    def __call__(self, function): ...\n@named('x')\ndef work(): ...\n",
        "class once:\n    async def __call__(self): ...\n@once\ndef work(): ...\n",
        "class once:\n    def run(self): ...\n@once\ndef work(): ...\n",
        # It makes another function look like the one that it is given.
        "import functools\nclass once:\n    def __call__(self, function):\n"
        "        functools.update_wrapper(wrapper, function)\n",
    ],
)
def test_a_class_whose_object_takes_no_functions_place_is_not_shared(text: str) -> None:
    assert shared_in(project_of(service=text)) == []


def test_a_descriptor_has_its_own_state_and_that_of_the_objects_it_is_looked_at_on() -> None:
    found = only("class lazy:\n    def __get__(self, instance, owner=None): ...\n")
    assert found.starts == ("service.lazy.__get__",)
    assert found.given == (("instance", ("local", "service.lazy", "instance")),)


def test_what_an_attribute_is_stands_for_it_where_it_stays_the_same() -> None:
    text = """
        # file: service.py
        class lazy:
            def __get__(self, instance, owner=None):
                cache = instance.cache
                if self not in cache:
                    cache[self] = self.make(instance)
                return cache[self]
        """
    (finding,) = found_by(CHECK, textwrap.dedent(text), "service.py")
    assert finding.place.line == 6
    replaced = text.replace("cache = instance.cache", "cache = instance.cache\n" + " " * 16)
    replaced = replaced.replace("if self", "instance.cache = {}\n" + " " * 16 + "if self")
    assert found_by(CHECK, textwrap.dedent(replaced), "service.py") == []


# --- Objects that are made for threads ---


@pytest.mark.parametrize(
    ("words", "is_said"),
    [
        ("This is thread-safe.", True),
        ("A thread safe queue.", True),
        ("It is safe to use from multiple threads.", True),
        ("May be shared between\n    several threads.", True),
        ("Not thread-safe.", False),
        ("This isn't thread-safe.", False),
        ("Instances are not safe to share between threads.", False),
        ("A non-thread-safe queue.", False),
        ("It runs a thread, and has a safe.", False),
        ("Counts things. Instances are thread-safe.", True),
        ("Counts things. The callback must be thread-safe.", False),
        ("Counts things. Thread-safe callables are called.", False),
        ("Thread-safe (optional) meter.", False),
        ("Thread-safe if a lock is given.", False),
        ("A frame. It has a cost, because it creates a threadsafe event.", False),
        ("Counts things. This class is thread-safe; updates are in order.", True),
    ],
)
def test_a_docstring_says_whether_threads_may_share_an_object(words: str, is_said: bool) -> None:
    text = f'class Meter:\n    """{words}"""\n    def count(self): ...\n'
    assert bool(shared_in(project_of(service=text))) == is_said


KEEPER = """
    import threading

    class Sessions:
        def __init__(self):
            self.lock = threading.Lock()
            self.sessions = {}
            self.peak = 0

        def names(self):
            with self.lock:
                return sorted(self.sessions)

        def session(self, name):
            if name not in self.sessions:
                self.sessions[name] = open(name)
            self.peak += 1
            return self.sessions[name]
    """


def test_of_an_object_that_keeps_a_lock_what_the_lock_guards_somewhere_is_shared() -> None:
    found = only(KEEPER)
    assert found.guarded == (("sessions", "service.py:12"),)
    assert found.starts == ("service.Sessions.names", "service.Sessions.session")
    text = textwrap.dedent(KEEPER)
    (finding,) = found_by(CHECK, text, "service.py")
    assert finding.place.line == 15
    assert finding.facts == (
        "service.Sessions keeps locks (lock): its objects are made for several threads.",
        "service.py:12 uses sessions with a lock held.",
        "Locks held: none.",
    )
    assert found_by(UPDATE, text, "service.py") == []  # of the peak nothing is known


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("threading.Lock()", "threading.local()"),
        ("with self.lock:", "with open(self.path):"),
        ("class Sessions:", "class Sessions(threading.Thread):"),
        ("def session(", "def _session("),
        ("def session(", "def reset_session("),
        ("def session(", "def session_locked("),
        ("def session(", "async def session("),
        ("            if name not", "            self._acquire_slot()\n            if name not"),
    ],
)
def test_where_no_lock_or_no_other_thread_is_to_be_seen_nothing_is_said(old: str, new: str) -> None:
    assert old in KEEPER
    assert found_by(CHECK, textwrap.dedent(KEEPER.replace(old, new)), "service.py") == []


def test_a_test_of_a_project_is_nobodys_library() -> None:
    assert found_by(CHECK, textwrap.dedent(KEEPER), "tests/test_sessions.py") == []


def test_a_dictionary_of_locks_is_guarded_by_none_of_them() -> None:
    text = """
        import threading

        class Files:
            def __init__(self):
                self.locks = {}

            def lock(self, name):
                if name not in self.locks:
                    self.locks[name] = threading.Lock()
                return self.locks[name]
        """
    (finding,) = found_by(CHECK, textwrap.dedent(text), "service.py")
    assert finding.place.line == 9


def test_a_change_beside_the_lock_of_most_others_is_told_of_once() -> None:
    text = """
        import threading

        class Counter:
            def __init__(self):
                self.lock = threading.Lock()
                self.value = 0

            def add(self, number):
                with self.lock:
                    self.value += number

            def take(self, number):
                with self.lock:
                    self.value -= number

            def double(self):
                self.value *= 2
        """
    rules = [UPDATE, find_rule("inconsistent-lock")]
    found = {rule.name: found_by(rule, textwrap.dedent(text), "service.py") for rule in rules}
    assert [finding.place.line for finding in found["inconsistent-lock"]] == [18]
    assert found["unlocked-read-modify-write"] == []


def test_a_value_that_is_the_same_for_all_who_make_it_may_be_made_twice() -> None:
    text = KEEPER.replace("open(name)", "str(name)")
    assert found_by(CHECK, textwrap.dedent(text), "service.py") == []


def test_a_method_that_is_always_called_with_the_lock_is_no_way_past_it() -> None:
    inner = """
        def open(self, name):
            with self.lock:
                return self.session(name)
    """
    assert found_by(CHECK, textwrap.dedent(KEEPER + inner), "service.py") == []
    assert found_by(
        CHECK, textwrap.dedent(KEEPER + inner.replace("with self.lock", "if 1")), "x.py"
    )


def test_what_each_thread_has_of_its_own_is_not_shared() -> None:
    local = GENERATOR.replace("class Generator:", "class Generator(local):")
    text = "\n    from threading import local\n" + local
    text += "\n    _one = Generator()\n    next = _one.next\n"
    assert shared_in(project_of(service=text)) == []


def test_a_property_is_no_attribute_that_an_update_could_lose() -> None:
    text = """
        class Console:
            \"\"\"Thread-safe.\"\"\"

            @property
            def depth(self):
                return self.local.depth

            @depth.setter
            def depth(self, value):
                self.local.depth = value

            def enter(self):
                self.depth += 1
        """
    assert found_by(UPDATE, textwrap.dedent(text), "service.py") == []
    plain = text.replace("self.depth +=", "self.level +=")
    assert len(found_by(UPDATE, textwrap.dedent(plain), "service.py")) == 1


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        ("self.seen += 1", True),
        ("self.seen += (1,)", True),
        ("self.seen |= {1}", True),
        ("self.seen += [1]", False),
        ("self.seen += [None] * (9 - len(self.seen))", False),
        ("self.seen += [each for each in 'ab']", False),
    ],
)
def test_a_list_is_made_longer_in_one_step(change: str, is_found: bool) -> None:
    text = f'class Seen:\n    """Thread-safe."""\n    def see(self):\n        {change}\n'
    assert bool(found_by(UPDATE, text, "service.py")) == is_found


def test_a_set_that_changes_itself_loses_nothing() -> None:
    text = """
        class Seen:
            \"\"\"Thread-safe.\"\"\"

            def __init__(self):
                self.seen = set()

            def see(self, more):
                self.seen |= more
        """
    assert found_by(UPDATE, textwrap.dedent(text), "service.py") == []
    text = text.replace("set()", "frozenset()")
    assert len(found_by(UPDATE, textwrap.dedent(text), "service.py")) == 1


def test_a_method_that_is_called_by_one_with_the_lock_in_its_name_has_it() -> None:
    inner = """
        def open_locked(self, name):
            return self.session(name)
    """
    assert found_by(CHECK, textwrap.dedent(KEEPER + inner), "service.py") == []


SIBLINGS = """
    import threading

    class Cache:
        def __init__(self):
            self.misses = 0

    class InFront(Cache):
        def fetch(self):
            self.misses += 1

    class Behind(Cache):
        def start(self):
            threading.Thread(target=self.fill).start()

        def fill(self):
            self.misses += 1
    """


def test_objects_of_two_classes_with_one_base_are_two() -> None:
    assert found_by(UPDATE, textwrap.dedent(SIBLINGS), "service.py") == []
    both = SIBLINGS + "\n    class Both(InFront, Behind): ...\n"
    assert len(found_by(UPDATE, textwrap.dedent(both), "service.py")) == 1


# --- What is its own container ---

DISPATCHER = """
    import functools

    class dispatched(Base):
        def __init__(self, function):
            functools.update_wrapper(self, function)

        def __call__(self, value):
            self.setdefault(type(value), value)
            return [each for each in self]
    """


@pytest.mark.parametrize(
    ("base", "is_found"), [("dict", True), ("set", True), ("object", False), ("Unknown", False)]
)
def test_an_object_that_is_a_container_itself_is_looped_over(base: str, is_found: bool) -> None:
    text = textwrap.dedent(DISPATCHER.replace("Base", base))
    found = found_by(LOOP, text, "service.py")
    assert [finding.place.line for finding in found] == ([10] if is_found else [])
    if found:
        assert found[0].corrected == "for … in list(self):" or "items" in found[0].corrected


@pytest.mark.parametrize(("base", "is_found"), [("dict", True), ("Mapping", False)])
def test_an_item_of_the_object_itself_is_looked_for_and_put_there(
    base: str, is_found: bool
) -> None:
    text = f'''
        from collections.abc import Mapping

        class Pages({base}):
            """Thread-safe."""

            def page(self, name):
                if name not in self:
                    self[name] = open(name)
                return self[name]
        '''
    found = found_by(CHECK, textwrap.dedent(text), "service.py")
    assert [finding.place.line for finding in found] == ([8] if is_found else [])


def test_a_container_that_says_what_a_loop_goes_over_is_not_known() -> None:
    text = DISPATCHER.replace("Base", "dict") + "\n        def __iter__(self): ...\n"
    assert found_by(LOOP, textwrap.dedent(text), "service.py") == []


# --- What is decided upon ---


@pytest.mark.parametrize(
    ("act", "is_found"),
    [
        ("self.queue.popleft()", True),
        ("self.queue[0] = None", True),
        ("del self.queue[0]", True),
        ("self.queue[0] += 1", True),
        ("self.other.popleft()", False),
        ("print(first)", False),
        ("with self.lock: self.queue.popleft()", False),
    ],
)
def test_what_was_read_is_decided_upon_where_a_test_of_it_is_followed_by_a_change(
    act: str, is_found: bool
) -> None:
    text = f'''
        class Due:
            """Thread-safe."""

            def take(self):
                first = self.queue[0]
                if first.time < 5:
                    {act}
        '''
    found = found_by(CHECK, textwrap.dedent(text), "service.py")
    assert [finding.place.line for finding in found] == ([6] if is_found else [])


@pytest.mark.parametrize(("key", "is_found"), [("name", False), ("other", True)])
def test_a_loop_may_give_its_own_keys_other_values(key: str, is_found: bool) -> None:
    text = f'''
        class Totals:
            """Thread-safe."""

            def __init__(self):
                self.totals = {{}}

            def flush(self, other):
                for name in self.totals.keys():
                    self.totals[{key}] = 0
        '''
    assert bool(found_by(LOOP, textwrap.dedent(text), "service.py")) == is_found


@pytest.mark.parametrize(("base", "is_found"), [("dict", True), ("object", False)])
def test_what_an_object_of_a_class_of_its_own_holds_is_its_matter(
    base: str, is_found: bool
) -> None:
    text = f"""
        class Response({base}):
            def __contains__(self, name): ...
            def __setitem__(self, name, value): ...

        response = Response()

        def application(environ, start_response):
            if "Length" not in response:
                response["Length"] = 0
        """
    assert bool(found_by(CHECK, textwrap.dedent(text), "web.py")) == is_found


# --- Handlers ---


def roots_of(**files: str) -> dict[str, Root]:
    roots = Concurrency(project_of(**files)).roots
    return {root.function: root for root in roots}


def test_a_handler_that_a_base_class_gives_away_is_found_where_its_server_is_known() -> None:
    roots = roots_of(
        web="""
            import engineio

            class Base:
                def __init__(self):
                    self.server = self.make()()
                    self.server.on("message", self.message)

            class Threads(Base):
                def make(self):
                    return engineio.Server

                def message(self, client, data): ...

            class Coroutines(Base):
                def make(self):
                    return engineio.AsyncServer

                def message(self, client, data): ...
            """
    )
    assert list(roots) == ["web.Threads.message"]
    root = roots["web.Threads.message"]
    assert (root.kind, root.is_many, root.is_bound, root.own) == ("handler", True, True, "client")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import flask\napp = flask.Flask('x')\n@app.get('/')\ndef view(): ...", ["web.view"]),
        (
            "from flask import Blueprint as B\nb = B('x')\n@b.route('/')\ndef view(): ...",
            ["web.view"],
        ),
        ("import other\napp = other.Flask('x')\n@app.get('/')\ndef view(): ...", []),
        (
            "import flask\ndef view(): ...\napp = flask.Flask('x')\n"
            "app.add_url_rule('/', 'view', view)",
            ["web.view"],
        ),
        (
            "import socketio\nsio = socketio.Server()\n@sio.event\ndef message(sid, data): ...",
            ["web.message"],
        ),
        (
            "import socketio\nsio = socketio.AsyncServer()\n@sio.event\ndef message(sid): ...",
            [],
        ),
        ("def application(environ, start_response): ...", ["web.application"]),
        ("def application(start_response, environ): ...", []),
        (
            "from a_pb2_grpc import GreeterServicer\nclass Greeter(GreeterServicer):\n"
            "    def SayHello(self, request, context): ...\n    def _own(self): ...\n",
            ["web.Greeter.SayHello"],
        ),
        (
            "import socketserver\nclass Handler(socketserver.BaseRequestHandler):\n"
            "    def handle(self): ...\n    def finish(self): ...\n"
            "class Server(socketserver.ThreadingMixIn, socketserver.TCPServer): ...\n"
            "def serve():\n    Server(('', 1), Handler).serve_forever()\n",
            ["web.Handler.handle"],
        ),
        (
            "import socketserver\nclass Handler(socketserver.BaseRequestHandler):\n"
            "    def handle(self): ...\n"
            "def serve():\n    socketserver.TCPServer(('', 1), Handler).serve_forever()\n",
            [],
        ),
    ],
)
def test_what_calls_a_function_for_each_request_is_known(text: str, expected: list[str]) -> None:
    assert [each.function for each in handlers(project_of(web=text))] == expected


def test_a_view_in_the_function_that_makes_an_application_is_named_by_its_word() -> None:
    text = """
        import flask

        def create():
            application = flask.Flask("x")
            visits = 0

            @application.route("/")
            def index():
                nonlocal visits
                visits += 1
                return str(visits)

            return application
        """
    (finding,) = found_by(UPDATE, textwrap.dedent(text), "web.py")
    assert finding.place.line == 11
    assert finding.facts[0] == (
        "web.py:9 gives index to what calls it for each request, in a thread of its own."
    )


def test_a_background_task_of_a_server_is_a_thread() -> None:
    roots = roots_of(
        web="""
            import engineio

            class Clock:
                def __init__(self):
                    self.server = engineio.Server()
                    self.server.start_background_task(self.tick)

                def tick(self): ...
            """
    )
    assert roots["web.Clock.tick"].kind == "thread"
    assert not roots["web.Clock.tick"].is_many


@pytest.mark.parametrize("maker", ["weakref.ref", "weakref.finalize", "weakref.WeakMethod"])
def test_what_is_called_when_an_object_is_gone_is_a_task_in_any_thread(maker: str) -> None:
    roots = roots_of(
        pool=f"""
            import weakref

            class Pool:
                def lend(self, item):
                    {maker}(item, self.gone)

                def gone(self, ref=None): ...
            """
    )
    assert roots["pool.Pool.gone"].kind == "finalizer"


def test_the_evidence_names_the_way_from_a_handler(tmp_path: Path) -> None:
    (finding,) = found_in(
        tmp_path,
        rooms="""
            class Rooms:
                def __init__(self):
                    self.rooms = {}

                def enter(self, room, client):
                    if room not in self.rooms:
                        self.rooms[room] = {}
                    self.rooms[room][client] = True
            """,
        web="""
            import engineio
            from rooms import Rooms

            class Server:
                def __init__(self):
                    self.rooms = Rooms()
                    self.server = engineio.Server()
                    self.server.on("message", self.message)

                def message(self, client, room):
                    self.rooms.enter(room, client)
            """,
    )
    assert finding.rule == "check-then-act"
    assert (Path(finding.place.file).name, finding.place.line) == ("rooms.py", 7)
    first, second, third = finding.facts
    assert first.endswith(
        "web.py:9 gives Server.message to what calls it for each request, in a thread of its own."
    )
    assert second == "It comes to line 7 by message → enter."
    assert third == "Locks held: none."
