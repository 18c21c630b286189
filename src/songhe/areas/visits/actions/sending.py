"""Sending many workers at once, as a published roster does: the same checks and the same rows as one at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from songhe.areas.providers.api import Worker, catalogue, days_off
from songhe.areas.visits.actions.common import stamp, take_contract
from songhe.areas.visits.limits import overtime_minutes
from songhe.areas.visits.models import OPEN_VISITS, SENT, Order, OrderState, Visit, VisitState
from songhe.areas.visits.rules import Hand, Stay, can_go
from songhe.core.decision import Decision
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie, elevated, untie, update_many
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Case, move_cases
from songhe.engines.live.api import publish
from songhe.kit.days import day_of

TO_SEND = (OrderState.RECEIVED, OrderState.TAKEN, *SENT)
CODES = {"sent": "dispatch", "moved": "reassign", "back": "return"}
"""The move of each outcome."""
CHANGED = (
    "state", "worker", "organisation", "contract", "offered_at", "taken_at", "assigned_at", "accepted_at", "departed_at",
    "arrived_at", "warned_at", "above", "above_region", "above_names", "above_at", "seen_to_by", "seen_to_at",
)  # fmt: skip
ATTRIBUTES = tuple(
    {"worker": "worker_id", "organisation": "organisation_id", "contract": "contract_id"}.get(n, n)
    for n in CHANGED
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is wanted for one order. ``before``: the visit that is expected to be planned; without a worker it is called off."""

    order_id: UUID
    before: UUID | None
    worker_id: UUID | None
    starts_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it: ``sent``, ``moved``, ``same``, ``back``, ``left`` (nobody before, nobody now) or ``skipped`` with why."""

    order_id: UUID
    outcome: str
    why: Refused | None = None
    worker_before: UUID | None = None


@act("visits.assign")
def send_many(*, actor: Actor, at: datetime, moves: Sequence[Move], note: str) -> list[Sent]:
    """Dispatch, reassign and call off; what changed meanwhile or cannot be is left as it is, and says why.

    Everything in one transaction. A worker's hours that another move of the same call frees count as free.
    """
    chosen = Batch(list(moves), actor, at)
    done = chosen.settle()
    chosen.write(note)
    text = "|".join(f"{sent.order_id}:{sent.outcome}" for sent in done)
    add_detail(orders=len(done), content=hashlib.sha256(text.encode()).hexdigest())
    return done


@dataclass
class Batch:
    """All that is locked, what was decided, and what is to be written."""

    moves: list[Move]
    actor: Actor
    at: datetime
    refused: dict[UUID, Refused] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [move.order_id for move in self.moves]
        rows = Order.objects.within(self.actor.scope("visits.assign")).filter(pk__in=ids)
        self.orders = {
            row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        }
        with elevated():  # whoever may send for an order locks its visit, its case and the workers concerned
            open_ones = Visit.everywhere.filter(order_id__in=list(self.orders), state__in=OPEN_VISITS)
            locked = open_ones.select_for_update(no_key=True, of=("self",), skip_locked=True).order_by("pk")
            self.visits = {visit.order_id: visit for visit in locked}
            self.held = set(open_ones.values_list("order_id", flat=True)) - set(self.visits)
            wanted = {move.worker_id for move in self.moves if move.worker_id}
            locks = Worker.everywhere.filter(pk__in=wanted).select_related("organisation")
            self.workers = {
                row.pk: row for row in locks.select_for_update(no_key=True, of=("self",)).order_by("pk")
            }
            self.cases = {
                case.pk: case
                for case in Case.everywhere.filter(pk__in=[row.case_id for row in self.orders.values()])
                .select_for_update(no_key=True, of=("self",))
                .order_by("pk")
            }
            self.busy = self._busy()
            self.off = self._off()

    def settle(self) -> list[Sent]:
        """Decide on every move. What is refused keeps its hours, which may refuse another one."""
        for move in self.moves:
            fault = self._fault(move)
            if fault is not None:
                self.refused[move.order_id] = fault
        taken, changed = self._taken(), True
        while changed:
            changed = False
            for move in self._going():
                decision = self._judged(move, taken)
                if decision.refused:
                    self.refused[move.order_id] = _told(decision)
                    self._give_back(move, taken)
                    changed = True
        for move in self._going():
            self._under_contract(move)
        return [self._sent(move) for move in self.moves]

    def write(self, note: str) -> None:
        """Write all that was decided, in a few statements."""
        going = [move for move in self.moves if self._outcome(move) in ("sent", "moved", "back")]
        ended = [self.visits[move.order_id] for move in going if move.order_id in self.visits]
        with (
            elevated()
        ):  # organisations and workers hold the rows, and ties lie outside of the dispatcher's scope
            for visit in ended:
                visit.state = VisitState.CANCELLED
            update_many(Visit, ("id", "state"), [(visit.pk, visit.state) for visit in ended])
            made = [self._visit(move) for move in going if move.worker_id]
            Visit.everywhere.bulk_create(made, batch_size=500)
            self._move_cases(going, note)
            self._save_orders(going)
            self._tie(going)
            self._untie(ended)
        self._tell(going)

    def _busy(self) -> dict[UUID, list[tuple[UUID, Stay]]]:
        """Open visits of the workers concerned, with their orders."""
        out: defaultdict[UUID, list[tuple[UUID, Stay]]] = defaultdict(list)
        moments = [move.starts_at for move in self.moves if move.starts_at]
        if not moments:
            return out
        since, until = min(moments) - timedelta(days=1), max(moments) + timedelta(days=1)
        rows = Visit.everywhere.filter(worker_id__in=list(self.workers), state__in=OPEN_VISITS)
        for worker_id, order_id, starts, ends in rows.filter(
            starts_at__lt=until, ends_at__gt=since
        ).values_list("worker_id", "order_id", "starts_at", "ends_at"):
            out[worker_id].append((order_id, (starts, ends)))
        return out

    def _off(self) -> dict[UUID, frozenset[date]]:
        days = [timezone.localdate(move.starts_at) for move in self.moves if move.starts_at]
        if not days:
            return {}
        return dict(days_off(list(self.workers), min(days), (max(days) - min(days)).days + 1))

    def _fault(self, move: Move) -> Refused | None:
        """What is no question of the worker's hours."""
        order, visit = self.orders.get(move.order_id), self.visits.get(move.order_id)
        if order is None:
            return Refused("gone", "This order is not yours any more.")
        if move.order_id in self.held:
            return Refused("busy", "Somebody is changing this visit at this moment. Try again.")
        if (visit.pk if visit else None) != move.before:
            return Refused("changed", "This visit was changed meanwhile.")
        if visit is not None and visit.state == VisitState.ARRIVED:
            return None if self._same(move) else Refused("under_way", "The worker is there already.")
        if order.state not in TO_SEND:
            return Refused("ended", "This order has ended. Place a new one.")
        if move.worker_id is None or move.starts_at is None or self._same(move):
            return None
        return self._unfit(order, move, move.starts_at)

    def _unfit(self, order: Order, move: Move, starts_at: datetime) -> Refused | None:
        worker = self.workers.get(move.worker_id) if move.worker_id else None
        if worker is None or not worker.employed(timezone.localdate(starts_at)):
            return Refused("cannot_go", "Is not employed on that day.")
        if order.organisation_id not in (None, worker.organisation_id):
            return Refused(
                "other_organisation", "This worker belongs to another organisation. Choose one of your own."
            )
        if starts_at < order.wanted_from or starts_at + timedelta(minutes=order.minutes) > order.wanted_until:
            return Refused(
                "outside_window",
                "That lies outside the time the person wants. Choose another time, or agree a new window first.",
            )
        if starts_at + timedelta(minutes=order.minutes) < self.at:
            return Refused("past", "This time has passed.")
        return None

    def _same(self, move: Move) -> bool:
        visit = self.visits.get(move.order_id)
        return visit is not None and (visit.worker_id, visit.starts_at) == (move.worker_id, move.starts_at)

    def _going(self) -> list[Move]:
        """Moves that send somebody and are not refused so far."""
        return [
            move
            for move in self.moves
            if move.worker_id and move.order_id not in self.refused and not self._same(move)
        ]

    def _taken(self) -> dict[UUID, list[tuple[UUID, Stay]]]:
        """Hours of each worker that stay taken or are to be taken, with the orders that take them."""
        freed = {
            move.order_id for move in self.moves if move.order_id not in self.refused and not self._same(move)
        }
        out: defaultdict[UUID, list[tuple[UUID, Stay]]] = defaultdict(list)
        for worker_id, stays in self.busy.items():
            out[worker_id] = [(order_id, stay) for order_id, stay in stays if order_id not in freed]
        for move in self._going():
            if move.worker_id and move.starts_at:
                out[move.worker_id].append((move.order_id, self._stay(move)))
        return out

    def _under_contract(self, move: Move) -> None:
        """Whoever sends its worker takes the order; it had nobody before, so a refusal takes no hours back."""
        order = self.orders[move.order_id]
        if order.organisation_id is None and move.worker_id:
            try:
                with transaction.atomic():
                    take_contract(order, self.workers[move.worker_id].organisation_id, at=self.at)
            except Refused as refusal:
                self.refused[move.order_id] = refusal

    def _give_back(self, move: Move, taken: dict[UUID, list[tuple[UUID, Stay]]]) -> None:
        """A refused move takes no new hours and frees none."""
        assert move.worker_id is not None
        taken[move.worker_id] = [one for one in taken[move.worker_id] if one[0] != move.order_id]
        visit = self.visits.get(move.order_id)
        if visit is not None:
            taken.setdefault(visit.worker_id, []).append((move.order_id, visit.stay))

    def _stay(self, move: Move) -> Stay:
        assert move.starts_at is not None
        order = self.orders[move.order_id]
        return move.starts_at, move.starts_at + timedelta(minutes=order.minutes)

    def _judged(self, move: Move, taken: dict[UUID, list[tuple[UUID, Stay]]]) -> Decision[int]:
        assert move.worker_id is not None
        worker, order = self.workers[move.worker_id], self.orders[move.order_id]
        stay, known = self._stay(move), catalogue()
        local = timezone.localtime(stay[0])
        others = [busy for order_id, busy in taken[worker.pk] if order_id != move.order_id]
        hand = Hand(
            skilled=known.able(worker.skills, known.item(order.item)),
            certified=worker.certified(local.date()),
            on_shift=worker.hours.cover(local, order.minutes, overtime_minutes())
            and local.date() not in self.off.get(worker.pk, frozenset()),
            busy=[(timezone.localtime(a), timezone.localtime(b)) for a, b in others],
            metres=None,
        )
        return can_go(hand, stay)

    def _outcome(self, move: Move) -> str:
        if move.order_id in self.refused:
            return "skipped"
        if self._same(move):
            return "same"
        before = move.order_id in self.visits
        if move.worker_id is None:
            return "back" if before else "left"
        return "moved" if before else "sent"

    def _sent(self, move: Move) -> Sent:
        visit = self.visits.get(move.order_id)
        return Sent(
            order_id=move.order_id,
            outcome=self._outcome(move),
            why=self.refused.get(move.order_id),
            worker_before=visit.worker_id if visit else None,
        )

    def _visit(self, move: Move) -> Visit:
        assert move.worker_id is not None
        order, worker, stay = self.orders[move.order_id], self.workers[move.worker_id], self._stay(move)
        return Visit(
            order=order,
            person_id=order.person_id,
            region_id=order.region_id,
            organisation_id=worker.organisation_id,
            worker=worker,
            item=order.item,
            starts_at=stay[0],
            ends_at=stay[1],
        )

    def _move_cases(self, going: Sequence[Move], note: str) -> None:
        by_code: defaultdict[str, list[Case]] = defaultdict(list)
        notes: dict[UUID, str] = {}
        for move in going:
            order = self.orders[move.order_id]
            case, outcome = self.cases[order.case_id], self._outcome(move)
            worker = self.workers.get(move.worker_id) if move.worker_id else None
            if worker is not None:
                case.holder_id = worker.organisation_id
            notes[case.pk] = worker.name if worker is not None and outcome == "sent" else note
            by_code[CODES[outcome]].append(case)
        for code, cases in by_code.items():
            move_cases(cases, code, actor=self.actor, at=self.at, passed={"qualified"}, notes=notes)

    def _save_orders(self, going: Sequence[Move]) -> None:
        orders = []
        for move in going:
            order = self.orders[move.order_id]
            case = self.cases[order.case_id]
            stamp(order, case.flow, CODES[self._outcome(move)], self.at)
            order.state = OrderState(case.state)
            order.worker_id = move.worker_id
            if move.worker_id:
                order.organisation_id = self.workers[move.worker_id].organisation_id
            orders.append(order)
        update_many(
            Order,
            ("id", *CHANGED),
            [(row.pk, *(getattr(row, name) for name in ATTRIBUTES)) for row in orders],
        )

    def _tie(self, going: Sequence[Move]) -> None:
        ties = []
        for move in going:
            if move.worker_id:
                order, worker = self.orders[move.order_id], self.workers[move.worker_id]
                for holder, kind in (
                    (worker.pk, Tie.Kind.WORKER),
                    (worker.organisation_id, Tie.Kind.ORGANISATION),
                ):
                    ties.append(
                        Tie(
                            person_id=order.person_id,
                            holder_id=holder,
                            kind=kind,
                            region_id=order.region_id,
                            since=day_of(self.at),
                        )
                    )
        Tie.everywhere.bulk_create(ties, ignore_conflicts=True, batch_size=500)

    def _untie(self, ended: Collection[Visit]) -> None:
        """End the reach of workers who have no other visit to the person, at once."""
        pairs = {(visit.person_id, visit.worker_id) for visit in ended}
        if not pairs:
            return
        rows = Visit.everywhere.filter(
            person_id__in={person for person, _worker in pairs},
            worker_id__in={worker for _person, worker in pairs},
            state__in=OPEN_VISITS,
        )
        more = set(rows.values_list("person_id", "worker_id"))
        for person_id, worker_id in sorted(pairs - more):
            untie(person_id, worker_id, kind=Tie.Kind.WORKER, until=day_of(self.at))

    def _tell(self, going: Sequence[Move]) -> None:
        """Tell open boards once for each village and organisation; nothing personal is sent."""
        counts: defaultdict[tuple[int, UUID | None], int] = defaultdict(int)
        for move in going:
            order = self.orders[move.order_id]
            counts[order.region_id, order.organisation_id] += 1
        for (region_id, holder_id), count in sorted(counts.items(), key=str):
            publish(
                "visits", region_id, {"what": "sent_many", "orders": count}, at=self.at, holder_id=holder_id
            )


def _told(decision: Decision[int]) -> Refused:
    """The first reason against, as a refusal with its values."""
    reason = decision.reasons[0]
    refusal = Refused(reason.rule or "cannot_go", reason.text, rule=reason.rule or None)
    refusal.values = reason.values
    return refusal
