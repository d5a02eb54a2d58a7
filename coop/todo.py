"""What waits for whom: tasks, deadlines and states that the apps derive by queries, for the home of each role.

Nothing here is stored: a task appears because rows say so, and disappears when they no longer do. Apps register their
functions in ``AppConfig.ready``; each takes the user and the day, answers in a fixed number of queries, and offers no
task whose page its reader may not open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from coop.errors import Text

SHOWN = 7
"""A home shows that many tasks before “more”."""


@dataclass(frozen=True)
class Task:
    """One thing to do: what, by when, and the page where it can be done in at most two actions.

    ``kind`` names the sort of task (``invoice_overdue``); ``action`` is the word of its button; ``count`` above one says
    that the task stands for several objects.
    """

    kind: str
    sentence: Text
    url: str
    action: Text = ""
    deadline: date | None = None
    who: Text = ""
    note: Text = ""
    count: int = 1

    def when(self, on: date) -> str:
        """Tell how urgent it is on a day: overdue, today, week or later."""
        if self.deadline is None:
            return "later"
        if self.deadline < on:
            return "overdue"
        if self.deadline == on:
            return "today"
        return "week" if self.deadline <= on + timedelta(days=7) else "later"


@dataclass(frozen=True)
class Deadline:
    """The next day that matters to somebody who has nothing to do."""

    sentence: Text
    on: date


@dataclass(frozen=True)
class State:
    """How far something stands that a home follows, such as the payroll of the month: title, sentence, pill."""

    title: Text
    sentence: Text
    word: Text
    kind: str = "info"
    url: str = ""


@dataclass(frozen=True)
class Waiting:
    """A task with its urgency, ready to be drawn."""

    task: Task
    when: str


Tasks = Callable[[Any, date], Iterable[Task]]
Deadlines = Callable[[Any, date], Iterable[Deadline]]
States = Callable[[Any, date], Iterable[State]]
_tasks: list[Tasks] = []
_deadlines: list[Deadlines] = []
_states: list[States] = []
_ORDER = ("overdue", "today", "week", "later")


def register(tasks: Tasks) -> None:
    """Make a source of tasks known; registering it again changes nothing."""
    if tasks not in _tasks:
        _tasks.append(tasks)


def register_deadlines(deadlines: Deadlines) -> None:
    """Make a source of coming deadlines known."""
    if deadlines not in _deadlines:
        _deadlines.append(deadlines)


def register_states(states: States) -> None:
    """Make a source of states known, such as the run of the month."""
    if states not in _states:
        _states.append(states)


def tasks_of(user: Any, on: date) -> list[Waiting]:
    """Return what waits for a user on a day: overdue first, then today, this week, later; the oldest deadline first."""
    waiting = [Waiting(task, task.when(on)) for source in _tasks for task in source(user, on)]
    return sorted(waiting, key=lambda one: (_ORDER.index(one.when), one.task.deadline or date.max, one.task.kind))


def next_deadline(user: Any, on: date) -> Deadline | None:
    """Return the next deadline of a user, today included; None when there is none."""
    coming = [deadline for source in _deadlines for deadline in source(user, on) if deadline.on >= on]
    return min(coming, key=lambda deadline: deadline.on, default=None)


def states_of(user: Any, on: date) -> list[State]:
    """Return the states that a home follows for a user, in the order of their sources."""
    return [state for source in _states for state in source(user, on)]
