"""``racewright overlap``: who is inside what, and when, in ordinary runs and in controlled ones."""

from __future__ import annotations

from typing import Any

SHOP = """
    import threading

    lock = threading.Lock()
    door = threading.Barrier(2, timeout=10)


    def sell():
        door.wait()


    def count():
        door.wait()


    def sell_alone():
        with lock:
            pass


    def count_alone():
        with lock:
            pass


    def enter(number):
        before = number
        door.wait()
        after = before
        return after


    def never():
        raise AssertionError


    def both(*functions):
        threads = [threading.Thread(target=each) for each in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """

TESTS = """
    import shop

    def test_together():
        shop.both(shop.sell, shop.count)

    def test_in_turn():
        for function in (shop.sell_alone, shop.count_alone):
            shop.both(function)

    def test_fails():
        shop.both(shop.sell, shop.count)
        assert False, "closed"
    """


def overlap(project: Any, test: str, one: str, other: str, *options: str) -> tuple[int, Any]:
    project.write("shop.py", SHOP)
    project.write("test_shop.py", TESTS)
    options = options or ("--runs", "2", "--schedules", "3")
    status, (target,) = project.facts("overlap", f"test_shop.py::{test}", one, other, *options)
    return status, target


def test_two_sections_that_meet_are_seen_to_overlap_in_every_run(project: Any) -> None:
    status, target = overlap(project, "test_together", "shop:sell", "shop:count")
    assert (status, target["outcome"], target["overlapped"]) == (0, "overlapped", 5)
    assert [run["controlled"] for run in target["runs"]] == [False, False, True, True, True]
    for run in target["runs"]:
        one, other = sorted(run["intervals"], key=lambda each: each["section"])
        assert (one["section"], other["section"]) == ("A", "B")
        assert one["task"] != other["task"]
        assert max(one["first"], other["first"]) < min(one["last"], other["last"])


def test_two_sections_in_turn_never_overlap(project: Any) -> None:
    status, target = overlap(project, "test_in_turn", "shop:sell_alone", "shop:count_alone")
    assert (status, target["outcome"], target["overlapped"]) == (1, "never-overlapped", 0)
    for run in target["runs"]:
        one, other = sorted(run["intervals"], key=lambda each: each["first"])
        assert one["last"] < other["first"]


def test_a_section_that_nobody_enters_is_named_and_nothing_is_concluded(project: Any) -> None:
    status, target = overlap(project, "test_together", "shop:sell", "shop:never")
    assert (status, target["outcome"]) == (3, "inconclusive")
    assert target["reason"] == "never entered: shop:never"


def test_one_section_overlaps_itself_when_two_tasks_are_in_it(project: Any) -> None:
    status, target = overlap(project, "test_together", "shop:both", "shop:both")
    assert (status, target["outcome"]) == (1, "never-overlapped")  # one task is in it
    project.write(
        "test_twice.py",
        """
        import shop

        def test_twice():
            shop.both(shop.sell, shop.sell)
        """,
    )
    status, (target,) = project.facts(
        "overlap", "test_twice.py", "shop:sell", "shop:sell", "--runs", "1", "--schedules", "1"
    )
    assert (status, target["overlapped"]) == (0, 2)


def test_lines_are_a_section_and_end_where_another_line_begins(project: Any) -> None:
    project.write("shop.py", SHOP)
    project.write(
        "test_lines.py",
        """
        import functools
        import shop

        def test_lines():
            shop.both(*[functools.partial(shop.enter, number) for number in (1, 2)])
        """,
    )
    lines = {
        text: number
        for number, line in enumerate((project.folder / "shop.py").read_text().splitlines(), 1)
        if (text := line.strip())
    }
    first, last = lines["before = number"], lines["after = before"]
    few = ("--runs", "1", "--schedules", "1")
    for section, outcome in (
        (f"shop.py:{first}-{last}", "overlapped"),
        (f"shop.py:{last}", "never-overlapped"),
        (f"shop.py:{last + 1}", "never-overlapped"),
    ):
        _, (target,) = project.facts("overlap", "test_lines.py", section, section, *few)
        natively, _ = target["runs"]
        assert len(natively["intervals"]) == 2, section
        if outcome == "overlapped":
            assert target["outcome"] == outcome
        assert all(each["last"] for each in natively["intervals"])


def test_a_test_that_fails_is_told_with_what_it_did(project: Any) -> None:
    status, target = overlap(project, "test_fails", "shop:sell", "shop:count")
    assert status == 0
    assert {(run["outcome"], run["reason"].split("\n")[0]) for run in target["runs"]} == {
        ("failed", "AssertionError: closed")
    }


def test_text_has_a_bar_for_each_task(project: Any) -> None:
    project.write("shop.py", SHOP)
    project.write("test_shop.py", TESTS)
    status, output, _ = project.run(
        "overlap", "test_shop.py::test_together", "shop:sell", "shop:count",
        "--runs", "1", "--schedules", "1",
    )  # fmt: skip
    assert status == 0
    first, *lines = output.splitlines()
    assert first.startswith("OVERLAPPED  test_shop.py::test_together: in 2 of 2 runs (ordinary 1")
    bars = [line for line in lines if "|" in line]
    assert len(bars) == 4
    assert all(line.split("|")[1].strip(" ").strip("#") == "" for line in bars)
    assert all("#" in line for line in bars)


def test_a_run_that_does_not_end_is_ended(project: Any) -> None:
    project.write("shop.py", SHOP)
    project.write(
        "test_shop.py",
        """
        import threading
        import shop

        def test_waits_for_ever():
            threading.Lock().locked()
            never = threading.Lock()
            never.acquire()
            never.acquire()
        """,
    )
    _, (target,) = project.facts(
        "overlap", "test_shop.py", "shop:sell", "shop:count",
        "--runs", "1", "--schedules", "1", "--limit", "0.5",
    )  # fmt: skip
    natively, controlled = target["runs"]
    assert (natively["outcome"], natively["reason"]) == ("crashed", "it ran out of time")
    assert controlled["outcome"] == "deadlocked"


def test_what_is_no_section_is_refused(project: Any) -> None:
    project.write("shop.py", SHOP)
    project.write("test_shop.py", TESTS)
    for name, said in (
        ("sell", "names no section"),
        ("shop:sel", "Did you mean sell"),
        ("shop.py:9000", "no function of shop.py runs a line from 9000 to 9000"),
        ("shop.py:9-3", "lines count from 1"),
        ("nowhere.py:1", "no module of the file 'nowhere.py'"),
        ("time:sleep", "written in C"),
    ):
        status, _, error = project.run("overlap", "test_shop.py", name, "shop:count")
        assert (status, said in error) == (2, True), (name, error)


def test_a_script_is_refused_with_what_to_name_instead(project: Any) -> None:
    project.write("shop.py", SHOP)
    status, _, error = project.run("overlap", "shop.py", "shop:sell", "shop:count")
    assert status == 2
    assert "Name a test, or a callable" in error


def test_a_callable_is_a_target(project: Any) -> None:
    project.write("shop.py", SHOP)
    project.write("open.py", "import shop\n\ndef day():\n    shop.both(shop.sell, shop.count)\n")
    status, (target,) = project.facts(
        "overlap", "open:day", "shop:sell", "shop:count", "--runs", "1", "--schedules", "1"
    )
    assert (status, target["target"], target["overlapped"]) == (0, "open:day", 2)
