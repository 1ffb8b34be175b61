"""Who has the turn: the strategy's decisions, the default, and the hand-over itself."""

from __future__ import annotations

import sys

from racewright.errors import TaskAbandoned
from racewright.kernel.ledger import by_index
from racewright.kernel.task import Task
from racewright.kernel.timers import Timers
from racewright.model.operation import Resource, Site

__all__ = ["Turns"]

_gettrace = sys.gettrace
_getprofile = sys.getprofile


class Turns(Timers):
    """One task has the turn; it goes on, or gives it away."""

    __slots__ = ()

    def decide(self, task: Task, default: Task) -> Task:
        """Ask the strategy who goes on, and note where it departs from the default."""
        enabled = self.enabled
        waited = 0
        if self.slack:
            sleepers = self.may_fire()
            if sleepers:
                enabled = sorted(enabled + sleepers, key=by_index)
            if len(enabled) == 1:
                return enabled[0]
        self.decisions += 1
        chosen: Task = self.strategy.choose(enabled, task, default)  # type: ignore[assignment]
        if not chosen.is_enabled:
            waited = self.fire_early(chosen)
        if chosen is not default or waited:
            preempts = task.is_enabled and default is task
            if preempts:
                self.preempted_at.add(len(self.trace))
            self.deviations.append(
                (
                    task.index,
                    task.ops,
                    chosen.index,
                    preempts,
                    waited,
                    task.kind,
                    task.resource,
                    task.site,
                )
            )
        return chosen

    def after(self, task: Task) -> Task:
        """The default when ``task`` does not go on: the next enabled one in the order of
        creation."""
        index = task.index
        for other in self.enabled:
            if other.index > index:
                return other
        return self.enabled[0]

    def offer(self, task: Task, default: Task) -> None:
        """Let the strategy take the turn from the current task, if anybody else could have it."""
        if len(self.enabled) > 1:
            chosen = self.decide(task, default)
            if chosen is not task:
                self.transfer(task, chosen)

    def hand_over(self, resource: Resource, site: Site | None) -> None:
        """A chance to switch just after ``resource`` was given back, where somebody waits for
        it."""
        if resource.waiters and len(self.enabled) > 1:
            task = self.current
            task.ops += 1
            task.kind, task.resource, task.site = "continue", None, site
            self.offer(task, task)

    def pass_on(self, task: Task) -> Task:
        """Who goes on now that ``task`` cannot."""
        enabled = self.enabled
        while not enabled:
            if not self.idle(task):
                main = self.tasks[0]
                self.is_draining = False
                return main
        if len(enabled) == 1 and not self.slack:
            return enabled[0]
        return self.decide(task, self.after(task))

    def block(self, task: Task, deadline: int | None) -> None:
        """Suspend the current task until it is enabled again and chosen."""
        if self.is_over:
            raise TaskAbandoned
        self.disable(task)
        if deadline is not None:
            self.set_timer(task, deadline)
        chosen = self.pass_on(task)
        if chosen is not task:
            self.transfer(task, chosen)
        elif self.is_over:
            raise TaskAbandoned
        task.timer = 0

    def transfer(self, task: Task, chosen: Task) -> None:
        """Give the turn away; back when ``task`` is chosen again."""
        self.switches += 1
        self.current = chosen
        self.path.append((chosen.index, len(self.trace)))
        tracer, profiler = _gettrace(), _getprofile()
        self.carrier.switch(task, chosen)
        if _gettrace() is not tracer:
            sys.settrace(tracer)
        if _getprofile() is not profiler:
            sys.setprofile(profiler)
        if self.is_over:
            raise TaskAbandoned
