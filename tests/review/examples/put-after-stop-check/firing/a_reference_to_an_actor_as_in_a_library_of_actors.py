# file: actors/reference.py
from __future__ import annotations

from typing import TYPE_CHECKING

from actors.errors import ActorDeadError
from actors.messages import Envelope

if TYPE_CHECKING:
    from threading import Event

    from actors.actor import Actor, Inbox


class ActorRef:
    actor_inbox: Inbox
    actor_stopped: Event

    def __init__(self, actor: Actor) -> None:
        self.actor_class = actor.__class__
        self.actor_inbox = actor.actor_inbox
        self.actor_stopped = actor.actor_stopped

    def is_alive(self) -> bool:
        """The actor is not guaranteed to answer although it is alive."""
        return not self.actor_stopped.is_set()

    def ask(self, message, *, block=True, timeout=None):
        future = self.actor_class.create_future()
        try:
            if not self.is_alive():  # here
                raise ActorDeadError(f"{self} not found")
        except ActorDeadError:
            future.set_exception()
        else:
            self.actor_inbox.put(Envelope(message, reply_to=future))
        if block:
            return future.get(timeout=timeout)
        return future
