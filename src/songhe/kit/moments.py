"""When a phone says something was done, put right by what its clock says while it sends.

A phone without network keeps the moment of each thing done (``_at``). While sending it adds its clock (``_now``): what
that differs from the server's by is how wrong the clock is, by minutes, hours or a time zone, and the moment is moved
by as much. The moment as the phone said it is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from songhe.core.refusal import Refused

OLDEST = timedelta(days=3)
CLOSE = timedelta(minutes=2)
FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """``device_at``: when it was done, None for now; ``phone_at``: what the phone said, where its clock is wrong."""

    device_at: datetime | None = None
    phone_at: datetime | None = None

    def kept(self, now: datetime) -> bool:
        """Whether the phone kept it for a while, so that nobody stands at the form any more."""
        return self.device_at is not None and now - self.device_at > FRESH


def device_moment(said: str, now: datetime, *, sent: str = "") -> Moment:
    """The moment of something done on a phone.

    Without the phone's clock, as older pages send it, a moment ahead of now counts as now. So does one after the
    sending itself: then the clock was set in between, and nothing is known of it. Raises Refused for what is older
    than three days: then somebody has to look at it.
    """
    done, clock = _read(said), _read(sent)
    if done is None:
        return Moment()
    phone_at = done
    skewed = clock is not None and abs(clock - now) > CLOSE
    if clock is not None and skewed:
        done = now if done > clock + FRESH else done - (clock - now)
    told = phone_at if skewed or phone_at > now + CLOSE else None
    if done >= now:
        return Moment(None, told)
    if done < now - OLDEST:
        raise Refused("too_old", "This was done more than three days ago. Ask your coordinator to enter it.")
    return Moment(done, told)


def _read(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip()[:40])
        return found if found.tzinfo is not None and 2000 < found.year < 2200 else None
    except ValueError:
        return None
