"""News reaches open pages in scope, is caught up after a break, and stops when rights end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from songhe.engines.access.models import Grant, User
from songhe.engines.access.scope import Scope, entered
from songhe.engines.live.api import News, listen, publish, publish_many, since, stream
from songhe.engines.live.models import Event
from songhe.engines.live.publish import prune

HUANCUI, RONGCHENG = 371002000000, 371082000000
pytestmark = pytest.mark.django_db
T = TypeVar("T")


def committed(work: Callable[[], T]) -> T:
    """Do something on another connection, as another process would, and commit it."""

    def run() -> T:
        try:
            with entered(Scope.EVERYTHING):
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def close_here() -> None:
    """Close the connection of the thread that runs this, which is not the one that names it."""
    connection.close()


def played(scene: Callable[[], Coroutine[None, None, T]]) -> T:
    """Run a scene whose database reads all happen in one thread, and close that thread's connection."""

    async def run() -> T:
        asyncio.get_running_loop().set_default_executor(pool)
        try:
            return await scene()
        finally:
            await asyncio.to_thread(close_here)

    with ThreadPoolExecutor(1) as pool:
        return asyncio.run(run())


@pytest.fixture
def topic() -> str:
    return f"t{uuid4().hex[:12]}"


@pytest.fixture
def officer() -> Iterator[User]:
    """A committed county officer of Rongcheng."""

    def make() -> User:
        user = User.objects.create(username=uuid4().hex, name="Officer", password="!")
        Grant.objects.create(user=user, role="county_officer", region_id=RONGCHENG, since=date(2020, 1, 1))
        return user

    user = committed(make)
    yield user
    committed(lambda: User.objects.filter(pk=user.pk).delete())


def tell(topic: str, region: int, at: datetime, number: int, holder: UUID | None = None) -> None:
    committed(lambda: publish(topic, region, {"number": number}, at=at, holder_id=holder))


def numbers(found: list[News]) -> list[int]:
    return [news.payload["number"] for news in found]


def test_news_is_read_in_scope_and_after_a_number(topic: str, at: datetime) -> None:
    organisation = uuid4()
    for number, region in enumerate((HUANCUI, RONGCHENG, HUANCUI)):
        publish(topic, region, {"number": number}, at=at, holder_id=organisation if number == 2 else None)
    everything = since(topic, 0, Scope.EVERYTHING)
    assert numbers(everything) == [0, 1, 2]
    assert numbers(since(topic, everything[0].id, Scope.EVERYTHING)) == [1, 2]
    assert numbers(since(topic, 0, Scope(((RONGCHENG, RONGCHENG + 10**6),)))) == [1]
    own = Scope((), ((371000000000, 371100000000),), frozenset({organisation}))
    assert numbers(since(topic, 0, own)) == [2]
    assert since(topic, 0, Scope.NOTHING) == []


def test_a_worker_may_publish_what_he_may_not_read(topic: str, at: datetime) -> None:
    with entered(Scope((), ((HUANCUI, HUANCUI + 10**6),), frozenset({uuid4()}))):
        publish(topic, HUANCUI, {"number": 1}, at=at)
    assert numbers(since(topic, 0, Scope.EVERYTHING)) == [1]


def test_a_number_that_commits_late_is_not_lost(topic: str, at: datetime) -> None:
    """The smaller number commits after the larger one was read."""
    with ThreadPoolExecutor(1) as pool:

        def slow() -> None:
            with entered(Scope.EVERYTHING):
                publish(topic, HUANCUI, {"number": 1}, at=at)
                tell(topic, HUANCUI, at, 2)
                seen.extend(committed(lambda: since(topic, 0, Scope.EVERYTHING)))
            connection.close()

        seen: list[News] = []
        pool.submit(slow).result()
    assert numbers(seen) == [2]
    assert numbers(since(topic, seen[0].id, Scope.EVERYTHING)) == [1]


def test_nothing_is_told_when_the_work_fails(topic: str, at: datetime) -> None:
    def fails() -> None:
        publish(topic, HUANCUI, {}, at=at)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fails()
    assert since(topic, 0, Scope.EVERYTHING) == []


def test_old_news_is_dropped(topic: str, at: datetime) -> None:
    publish(topic, HUANCUI, {"number": 1}, at=at - timedelta(days=3))
    publish(topic, HUANCUI, {"number": 2}, at=at)
    prune(at)
    assert [e.payload["number"] for e in Event.everywhere.filter(topic=topic)] == [2]


async def take(source: AsyncIterator[T], count: int) -> list[T]:
    found: list[T] = []
    async with asyncio.timeout(10):
        async for item in source:
            found.append(item)
            if len(found) == count:
                break
    return found


def test_an_open_page_hears_its_own_region_at_once(topic: str, officer: User, at: datetime) -> None:
    async def scene() -> list[News | None]:
        source = listen(officer, topic, heartbeat=5)
        assert await take(source, 1) == [None]
        for number, region in enumerate((HUANCUI, RONGCHENG, HUANCUI, RONGCHENG)):
            await asyncio.to_thread(tell, topic, region, at, number)
        heard = await take(source, 2)
        await source.aclose()
        return heard

    assert numbers([news for news in played(scene) if news]) == [1, 3]


def test_a_page_that_comes_back_catches_up(topic: str, officer: User, at: datetime) -> None:
    for number in range(3):
        tell(topic, RONGCHENG, at, number)
    first = committed(lambda: since(topic, 0, Scope.EVERYTHING))[0]

    async def scene() -> list[bytes]:
        source = stream(officer, topic, first.id, heartbeat=5)
        frames = await take(source, 4)
        await source.aclose()
        return frames

    retry, comment, *frames = played(scene)
    assert retry.startswith(b"retry:")
    assert comment == b": \n\n"
    assert [frame.split(b"\n")[0] for frame in frames] == [b"id: %d" % (first.id + step) for step in (1, 2)]
    assert b'"number": 1' in frames[0]
    assert f"event: {topic}\n".encode() in frames[0]


def tell_many(topic: str, at: datetime, count: int) -> None:
    rows = [(topic, RONGCHENG, None, at, {"number": number}) for number in range(count)]
    committed(lambda: publish_many(rows))


def caught_up(officer: User, topic: str, last_id: int, until: int) -> list[int]:
    """The numbers that a page hears which comes back after ``last_id``, until it hears a certain one."""

    async def scene() -> list[int]:
        source, heard = listen(officer, topic, last_id, heartbeat=60), list[int]()
        async with asyncio.timeout(20):
            async for news in source:
                heard += numbers([news] if news else [])
                if heard and heard[-1] == until:
                    break
        await source.aclose()
        return heard

    return played(scene)


@pytest.mark.parametrize("count", [500, 501, 1203])
def test_a_page_that_missed_more_than_is_read_at_once_gets_all_of_it_in_order(
    count: int, topic: str, officer: User, at: datetime
) -> None:
    tell(topic, RONGCHENG, at, -1)
    seen = committed(lambda: since(topic, 0, Scope.EVERYTHING))[0]
    tell_many(topic, at, count)
    assert caught_up(officer, topic, seen.id, count - 1) == list(range(count))


def test_news_that_arrives_while_a_page_catches_up_comes_after_what_it_missed(
    topic: str, officer: User, at: datetime
) -> None:
    tell(topic, RONGCHENG, at, -1)
    seen = committed(lambda: since(topic, 0, Scope.EVERYTHING))[0]
    tell_many(topic, at, 600)

    async def scene() -> list[int]:
        source = listen(officer, topic, seen.id, heartbeat=60)
        first = await take(source, 100)
        await asyncio.to_thread(tell, topic, RONGCHENG, at, 600)
        rest = await take(source, 502)
        await source.aclose()
        return numbers([news for news in (*first, *rest) if news])

    assert played(scene) == list(range(601))


def test_a_transaction_that_stays_open_does_not_hide_what_came_after_what_was_seen(
    topic: str, officer: User, at: datetime
) -> None:
    """Beside it, everything that was written lately could have been missed, and is read again before what is new."""
    with ThreadPoolExecutor(1) as pool:

        def hold() -> None:
            with entered(Scope.EVERYTHING):
                publish("other", HUANCUI, {}, at=at)
                tell_many(topic, at, 600)
                tell(topic, RONGCHENG, at, 600)
            connection.close()

        pool.submit(hold).result()
    newest = committed(lambda: Event.everywhere.filter(topic=topic).order_by("-id")[1]).id
    assert caught_up(officer, topic, newest, 600)[-1] == 600


def revoke(user: User, at: datetime) -> None:
    committed(lambda: Grant.objects.filter(user=user).update(revoked_at=at))


def end_session(user: User, at: datetime) -> None:
    committed(lambda: User.objects.filter(pk=user.pk).update(epoch=user.epoch + 1))


@pytest.mark.parametrize("ending", [revoke, end_session])
def test_a_stream_ends_at_once_with_the_rights(
    ending: Callable[[User, datetime], None], topic: str, officer: User, at: datetime
) -> None:
    async def scene() -> list[News | None]:
        source = listen(officer, topic, heartbeat=60)
        await take(source, 1)
        waiting = asyncio.create_task(take(source, 1))
        await asyncio.to_thread(ending, officer, at)
        return await waiting

    assert played(scene) == []


def test_a_user_without_grants_gets_nothing(topic: str) -> None:
    async def scene() -> list[News | None]:
        return await take(listen(User(username="nobody"), topic), 1)

    assert played(scene) == []
