"""A network inside this installation: its participants are the cooperatives of the database. Nothing leaves.

It plays a gateway with all that can go wrong: ``LoopbackScript`` says what happens at the next messages to somebody.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from coop.entities.models import Cooperative
from invoicing.peppol.models import LoopbackMessage, LoopbackScript
from invoicing.peppol.networks import Fate, Inbound, Message, NoAnswer, Reach, Standing
from invoicing.structured import ENTERPRISE

Behaviour = LoopbackScript.Behaviour
SECOND = "-second"


class Loopback:
    """The adapter of the network inside this installation."""

    def lookup(self, *, participant: str, message_type: str, at: datetime) -> Reach:
        """Find the cooperatives of the database, for every kind of message; in a demonstration every enterprise."""
        scheme, _colon, number = participant.partition(":")
        known = settings.DEMO or Cooperative.objects.filter(enterprise_number=number).exists()
        found = scheme == ENTERPRISE and known
        word = "registered" if found else "not registered"
        return Reach(found, f"loopback: {participant} {word} for {message_type}")

    def send(self, message: Message, *, at: datetime) -> Fate:
        """Take a message as the script says; one with a known id is the same message."""
        script = self._next(message.recipient)
        behaviour = script.behaviour if script else ""
        if behaviour == Behaviour.TIME_OUT_BEFORE:
            raise NoAnswer("time-out before the message was taken")
        refused = behaviour == Behaviour.REFUSE
        late = timedelta(seconds=script.seconds if script and behaviour == Behaviour.DELAY else 0)
        kept, _made = LoopbackMessage.objects.get_or_create(
            message_id=message.id,
            defaults={
                "sender": message.sender, "recipient": message.recipient, "message_type": message.message_type,
                "content": message.content, "sent_at": at, "deliver_at": at + late,
                "refusal": script.text if script and refused else "",
                "copies_left": 0 if refused else 2 if behaviour == Behaviour.TWICE else 1,
            },
        )  # fmt: skip
        LoopbackMessage.objects.filter(pk=kept.pk).update(times_sent=F("times_sent") + 1)
        if behaviour == Behaviour.DOUBLE:
            LoopbackMessage.objects.get_or_create(
                message_id=message.id + SECOND,
                defaults={
                    "sender": message.sender, "recipient": message.recipient, "message_type": message.message_type,
                    "content": message.content, "sent_at": at, "deliver_at": at,
                },
            )  # fmt: skip
        if script and behaviour == Behaviour.HANG:
            time.sleep(script.seconds)
        if behaviour in (Behaviour.TIME_OUT_AFTER, Behaviour.HANG):
            raise NoAnswer("time-out after the message was taken")
        return self._fate(kept, at)

    @transaction.atomic
    def _next(self, recipient: str) -> LoopbackScript | None:
        """Take the next line of the script that concerns somebody."""
        script = (
            LoopbackScript.objects.select_for_update()
            .filter(Q(recipient=recipient) | Q(recipient=""), times_left__gt=0)
            .order_by("pk")
            .first()
        )
        if script is not None:
            LoopbackScript.objects.filter(pk=script.pk).update(times_left=F("times_left") - 1)
        return script

    def fate(self, message: Message, *, at: datetime) -> Fate:
        """Tell what became of a message."""
        kept = LoopbackMessage.objects.filter(message_id=message.id).first()
        return self._fate(kept, at) if kept else Fate(Standing.UNKNOWN)

    def _fate(self, kept: LoopbackMessage, at: datetime) -> Fate:
        if kept.refusal:
            return Fate(Standing.REFUSED, kept.refusal)
        return Fate(Standing.DELIVERED if kept.deliver_at <= at else Standing.UNDER_WAY)

    def waiting(self, *, participant: str, at: datetime) -> Iterator[Inbound]:
        """Give what was delivered to somebody and not confirmed, the oldest first."""
        held = LoopbackMessage.objects.filter(recipient=participant, copies_left__gt=0, deliver_at__lte=at)
        for kept in held.order_by("pk"):
            yield Inbound(kept.message_id, kept.sender, bytes(kept.content), str(kept.pk))

    def confirm(self, inbound: Inbound, *, participant: str, at: datetime) -> None:
        """Hand a message over no more, once all its copies were."""
        LoopbackMessage.objects.filter(pk=inbound.handle, copies_left__gt=0).update(copies_left=F("copies_left") - 1)
