"""The executions of one program, and how they are kept apart from one another.

With an isolation of ``none`` everything runs in this process; with ``worker`` many executions share
a forked child, and with ``execution`` each has one of its own. What is asked of a *fresh* process
(to follow a schedule, to record) runs in a child of its own whenever there are children at all.
"""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Callable, Container
from typing import Any

from racewright import __version__
from racewright.model.execution import Execution, Failure
from racewright.model.operation import ACCESS_SITES
from racewright.model.schedule import Schedule
from racewright.run import Program, RunResult, run_once
from racewright.search.deaths import GRACE, DeviationLog, lost_execution
from racewright.search.following import replay_once
from racewright.search.tally import Tally
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.base import Strategy, Summary
from racewright.strategies.portfolio import Portfolio, portfolio
from racewright.strategies.replay import Replay

__all__ = ["Executions", "mark_shared"]


class Executions:
    """How to run ``program``: with which settings, from which wall-clock time on, and where."""

    def __init__(self, program: Program, settings: Settings, epoch: float) -> None:
        self.program = program
        self.settings = settings
        self.epoch = epoch
        self.isolation = "worker" if settings.isolation == "auto" else settings.isolation

    def separate(self, notes: list[str]) -> None:
        """State outlives an execution: from now on each has a process of its own, if it may."""
        if self.isolation == "worker" and self.settings.isolation == "auto":
            self.isolation = "execution"
            notes.append(
                "executions influence one another (state outlives them), "
                "so each was given a process of its own"
            )

    # ------------------------------------------------------------------ one execution

    def portfolio(self, part: int, share: int, deaths: int = 0) -> Portfolio:
        settings = self.settings
        seed = settings.seed + 1009 * deaths
        return portfolio(
            settings.strategy,
            seed,
            slack=settings.slack,
            part=part,
            share=share,
            aim=settings.aim,
        )

    def execute(
        self,
        strategy: Strategy,
        child: Child | None,
        *,
        is_focused: bool = True,
        is_kept: bool = False,
        known: Container[str] = (),
        on_stuck: Callable[[Failure], None] | None = None,
        deviations: list[Any] | None = None,
        path: Any = None,
    ) -> RunResult:
        return run_once(
            self.program,
            strategy,
            self.settings,
            slack=strategy.slack,
            epoch=self.epoch,
            heartbeat=child.beat if child is not None else None,
            is_focused=is_focused,
            is_kept=is_kept,
            known=known,
            on_stuck=on_stuck,
            deviations=deviations,
            path=path,
        )

    def one(
        self,
        source: Portfolio,
        tally: Tally,
        child: Child | None,
        *,
        known: Container[str] = (),
        on_stuck: Callable[[Failure], None] | None = None,
        deviations: list[Any] | None = None,
        path: Any = None,
    ) -> Execution:
        """One execution of a portfolio, counted; no schedule is kept of a ``known`` failure."""
        strategy, is_focused = source.take()
        strategy.begin()
        execution = self.execute(
            strategy,
            child,
            is_focused=is_focused,
            known=known if self.settings.keep_going else (),
            on_stuck=on_stuck,
            deviations=deviations,
            path=path,
        ).execution
        strategy.end(
            Summary(
                execution.decisions,
                execution.tasks,
                execution.outcome.is_failure,
                tally.add(execution),
            )
        )
        return execution

    def lost(self, failure: Failure, log: DeviationLog | None = None) -> Execution:
        """An execution that ended with its process."""
        return lost_execution(self.program, self.settings, failure, log)

    def record(self, execution: Execution, child: Child | None) -> Execution:
        """The same execution once more, with every event and value kept."""
        strategy = Replay(execution.schedule.deviations)
        strategy.begin()
        run = run_once(
            self.program,
            strategy,
            self.settings,
            slack=execution.schedule.slack,
            epoch=self.epoch,
            is_recorded=True,
            heartbeat=child.beat if child is not None else None,
        )
        return run.execution

    # ------------------------------------------------------------------ in a fresh process

    def follow(self, schedule: Schedule, *, is_strict: bool) -> Execution | None:
        """What a fresh process makes of ``schedule``; ``None`` if it died."""

        def once(child: Child | None) -> Execution:
            run, _ = replay_once(
                self.program,
                self.settings,
                schedule,
                is_strict=is_strict,
                heartbeat=child.beat if child is not None else None,
            )
            return run.execution

        execution, crash = self.in_child(once)
        return execution if crash is None else None

    def in_child(
        self, function: Callable[[Child | None], Any]
    ) -> tuple[Any, tuple[str, str] | None]:
        """The value of ``function`` in a fresh child, or how that died and its stacks."""
        if self.isolation == "none":
            return function(None), None
        value, death, stacks = call_in_child(
            lambda child: self.report_sites(function, child),
            silence=self.settings.stall + GRACE,
        )
        if death or value is None:
            return None, (death or "the process ended itself with exit status 0", stacks)
        result, shared = value
        mark_shared(shared)
        return result, None

    @staticmethod
    def report_sites(
        function: Callable[[Child | None], Any], child: Child
    ) -> tuple[Any, list[Any]]:
        value = function(child)
        return value, [key for key, site in ACCESS_SITES.items() if site.is_shared]

    # ------------------------------------------------------------------ for other processes

    def numbered(self, execution: Execution, strategy: str = "") -> Execution:
        """With all that another process needs to take the same path."""
        settings = self.settings
        schedule = execution.schedule.replace(
            target=self.program.name,
            runner=settings.runner,
            mutant=settings.mutant,
            epoch=self.epoch,
            hash_seed=os.environ.get("PYTHONHASHSEED", "random"),
            root=os.path.abspath(settings.root),
            python=platform.python_version(),
            created_by=f"racewright {__version__}",
        )
        return dataclasses.replace(
            execution, schedule=schedule, strategy=strategy or execution.strategy
        )


def mark_shared(keys: list[Any]) -> None:
    """Take over what a child has learnt: the sites at which tasks contend."""
    for key in keys:
        site = ACCESS_SITES.get(key)
        if site is not None:
            site.is_shared = True
