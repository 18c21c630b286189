"""Several people click at the same moment, and processes are killed: nothing is posted or paid twice, or by half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from tests import make
from tests.areas.payments.conftest import MONTH, Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, held, till
from tests.areas.payments.test_batches import conserved

from songhe.areas.entitlement.actions import load_policies
from songhe.areas.payments import actions
from songhe.areas.payments.actions import batches
from songhe.areas.payments.models import Batch, Due, LineState, PayLine, Posting, Run
from songhe.areas.registry.api import Enrolment
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.jobs.api import run_due
from songhe.engines.ledger.api import Journal, faults
from songhe.engines.regions.models import Region

PEOPLE = 6
CLICKS = 4


@pytest.fixture
def town(apart: str, caller: Caller, at: datetime) -> tuple[Office, Till]:
    """A county with money, and people who have accounts."""
    with entered(Scope.EVERYTHING):
        load_policies(actor=SYSTEM, at=at)
        office = Office(
            make.user("county_officer", make.COUNTY), make.user("finance_officer", make.COUNTY), at
        )
        desk = till(at)
        for number in range(PEOPLE):
            account(caller(f"甲{number}"), at)
        desk.give(100_000)
    return office, desk


def at_once(*calls: Callable[[], Any]) -> Counter[str]:
    """What comes of calls that begin at the same moment, each as a request of its own: done, or why refused."""
    begin = threading.Barrier(len(calls))

    def client(call: Callable[[], Any]) -> str:
        try:
            begin.wait(timeout=30)
            with entered(Scope.EVERYTHING):
                call()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(client, calls))


def fresh(user: User) -> User:
    """The same user, as another request reads him."""
    return User.objects.get(pk=user.pk)


def on(
    action: Callable[..., Any], kind: Any, pk: UUID, user: User, at: datetime, **more: Any
) -> Callable[[], Any]:
    """A click on a row, which is read by the request itself."""
    return lambda: action(kind.everywhere.get(pk=pk), actor=fresh(user), at=at, **more)


def everything() -> Any:
    """Look at all rows."""
    return entered(Scope.EVERYTHING)


def worked_out(office: Office) -> UUID:
    """A run of the month that waits to be posted."""
    with everything():
        return office.run().pk


def sound() -> None:
    """Books, rows and journals agree."""
    with everything():
        conserved()
        assert faults() == []
        assert held() == sum(
            Due.everywhere.filter(line=None, covered=True).values_list("fen", flat=True)
        ) + sum(Due.everywhere.filter(line__batch__state="prepared").values_list("fen", flat=True)), (
            "what is set aside is what waits for its money"
        )


def test_every_click_from_the_run_to_the_bank_counts_once(town: tuple[Office, Till]) -> None:
    office, desk = town
    at, boss = office.at, office.treasurer

    def prepare() -> Run:
        county = Region.objects.get(pk=make.COUNTY)
        return actions.prepare_run(actor=fresh(office.clerk), at=at, region=county, month=MONTH)

    assert at_once(*[prepare] * CLICKS) == {"done": 1, "payments.run_open": CLICKS - 1}
    assert at_once(*[lambda: run_due(at)] * 3)["done"] == 3
    with everything():
        run = Run.everywhere.get()
        assert (run.state, Posting.everywhere.count()) == ("ready", 3 * PEOPLE)
    clicks = [on(actions.post_run, Run, run.pk, boss, at)] * CLICKS
    assert at_once(*clicks) == {"done": 1, "payments.state": CLICKS - 1}
    sound()
    gathered = at_once(*[desk_batch(desk)] * CLICKS)
    assert gathered == {"done": 1, "payments.batch_open": CLICKS - 1}
    with everything():
        batch = Batch.everywhere.get().pk
    clicks = [on(actions.approve_batch, Batch, batch, user, at) for user in (boss, desk.second, boss)]
    assert at_once(*clicks)["done"] == 1
    sound()
    with everything():
        desk.verify(Batch.everywhere.get())
    clicks = [on(actions.release, Batch, batch, user, at) for user in (boss, desk.second, boss)]
    assert at_once(*clicks) == {"done": 1, "payments.batch_state": 2}
    answers = [lambda: desk.result(Batch.everywhere.get(), 甲1="closed")] * CLICKS
    assert at_once(*answers) == {"done": CLICKS}
    sound()
    with everything():
        assert (balance_of("payable"), balance_of("paid")) == (0, 3000 * (PEOPLE - 1))
        assert Journal.everywhere.filter(kind="payments.paid").count() == 1


def desk_batch(desk: Till) -> Callable[[], Batch]:
    """A click on “Prepare a batch”."""

    def click() -> Batch:
        county = Region.objects.get(pk=make.COUNTY)
        return actions.prepare_batch(
            actor=fresh(desk.clerk), at=desk.at, region=county, benefit="call_subsidy", year=2026
        )

    return click


@pytest.mark.long
def test_a_batch_gathered_while_a_run_takes_back_pays_what_is_due(
    town: tuple[Office, Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, desk = town
    at = office.at
    with everything():
        office.posted(date(2026, 10, 1))
        Enrolment.everywhere.update(until=date(2026, 10, 15))
    run, looked, write = worked_out(office), threading.Event(), batches._write

    def slowly(*args: Any, **more: Any) -> list[PayLine]:
        looked.set()
        time.sleep(1)
        return write(*args, **more)

    def post() -> None:
        looked.wait(timeout=30)
        actions.post_run(Run.everywhere.get(pk=run), actor=fresh(office.treasurer), at=at)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "_write", slowly)
        assert at_once(desk_batch(desk), post) == {"done": 2}
    sound()
    with everything():
        batch = Batch.everywhere.get(state="prepared")
        actions.approve_batch(batch, actor=desk.treasurer, at=at)
    sound()


@pytest.mark.long
def test_rows_taken_out_while_a_batch_is_returned_or_approved(town: tuple[Office, Till]) -> None:
    office, desk = town
    at = office.at
    with everything():
        office.posted()
    for verb, more in ((actions.return_batch, {"reason": "重做"}), (actions.approve_batch, {})):
        with everything():
            batch = desk.batch().pk
            lines = list(PayLine.everywhere.filter(batch=batch).values_list("pk", flat=True))[:3]
        clicks = [on(actions.take_out, PayLine, line, desk.clerk, at, reason="核实") for line in lines]
        met = at_once(*clicks, on(verb, Batch, batch, desk.treasurer, at, **more))
        assert set(met) <= {"done", "payments.batch_state", "payments.line_state"}, met
        sound()


@pytest.mark.long
def test_results_by_hand_and_by_list_at_once(town: tuple[Office, Till]) -> None:
    office, desk = town
    at = office.at
    with everything():
        office.posted()
        batch = desk.released().pk
        lines = list(PayLine.everywhere.filter(batch=batch).order_by("-seq").values_list("pk", flat=True))
    by_hand = [
        on(
            actions.enter_result,
            PayLine,
            line,
            desk.second,
            at,
            reason="" if turn % 2 else "closed",
            on=date(2026, 11, 25),
        )
        for turn, line in enumerate(lines)
    ]
    met = at_once(*by_hand, lambda: desk.result(Batch.everywhere.get(pk=batch)))
    assert set(met) <= {"done", "payments.result_known"}, met
    sound()
    with everything():
        assert not PayLine.everywhere.filter(state=LineState.READY).exists()
        found = Batch.everywhere.get(pk=batch)
        assert (found.state, found.paid_fen + found.failed_fen) == ("done", 3000 * PEOPLE)


KILLED = """
import sys, time
import django
django.setup()
from uuid import UUID
from datetime import datetime
from songhe.areas.payments import actions
from songhe.areas.payments.actions import approving, releasing, runs
from songhe.areas.payments.models import Batch, PayLine, Run
from songhe.engines.access.api import Scope, User, entered

verb, kind, pk, user, at = sys.argv[1:]

def stop(*_args, **_more):
    print("in the middle", flush=True)
    time.sleep(60)

if verb == "post_run":
    runs._POSTED.append(stop)
elif verb == "approve_batch":
    approving.draw_sample = stop
else:
    releasing._tell = stop
with entered(Scope.EVERYTHING):
    row = {"Run": Run, "Batch": Batch}[kind].everywhere.get(pk=UUID(pk))
    getattr(actions, verb)(row, actor=User.objects.get(pk=UUID(user)), at=datetime.fromisoformat(at))
"""


def killed(where: tuple[str, Path], verb: str, kind: str, pk: UUID, user: User, at: datetime) -> None:
    """Begin a verb in a process of its own, and kill it before its end."""
    about = os.environ | {
        "DATABASE_URL": where[0], "SONGHE_KEY_FILE": str(where[1]), "DJANGO_SETTINGS_MODULE": "songhe.site.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    command = [sys.executable, "-c", KILLED, verb, kind, str(pk), str(user.pk), at.isoformat()]
    with subprocess.Popen(command, env=about, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "in the middle"
        process.send_signal(signal.SIGKILL)


@pytest.mark.long
def test_who_is_killed_in_the_middle_leaves_nothing(
    town: tuple[Office, Till], apart: str, key_file: Path
) -> None:
    office, desk = town
    at, boss = office.at, office.treasurer
    run = worked_out(office)
    killed((apart, key_file), "post_run", "Run", run, boss, at)
    with everything():
        assert (Run.everywhere.get().state, Due.everywhere.count(), held()) == ("ready", 0, 0)
    with everything():
        actions.post_run(Run.everywhere.get(), actor=fresh(boss), at=at)
        batch = desk.batch().pk
    killed((apart, key_file), "approve_batch", "Batch", batch, boss, at)
    with everything():
        assert (Batch.everywhere.get().state, balance_of("payable")) == ("prepared", 0)
        assert held() == 3000 * PEOPLE
        desk.verify(actions.approve_batch(Batch.everywhere.get(), actor=fresh(boss), at=at))
    killed((apart, key_file), "release", "Batch", batch, boss, at)
    with everything():
        assert (Batch.everywhere.get().state, Batch.everywhere.get().file_hash) == ("approved", "")
        actions.release(Batch.everywhere.get(), actor=fresh(boss), at=at)
        desk.result(Batch.everywhere.get())
    sound()
