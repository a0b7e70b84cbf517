"""One read of the store per change and worker, however many look at the page."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from data.domain.dashboard import Dashboard
from data.domain.periods import Period
from data.domain.views import AskedView, NarrowedTo
from data.store.connect import Store
from data.store.queries.customers import narrowed_to
from data.store.queries.dashboard import DashboardQuestion, dashboard
from data.store.queries.versions import newest_version

Clock = Callable[[], datetime]
MOST_KEPT = 32
Key = tuple[int, datetime, Period, NarrowedTo | None]


@dataclass(frozen=True)
class Shown:
    """A snapshot and the token that tells it from another.

    Attributes:
        dashboard: What the page shows.
        token: Differs when anything on the page may differ: data version, the tenant's today, the
            hour (for "in 24 h") and the number of late sources.
    """

    dashboard: Dashboard
    token: str


class Snapshots:
    """The snapshots of a worker, kept per data version, period and customer."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        allotted_bytes: int = 0,
        timed: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Keep nothing yet; each read of the store runs inside `timed`."""
        self._timed = timed
        self._store, self._clock, self._allotted_bytes = store, clock, allotted_bytes
        self._kept: OrderedDict[Key, Dashboard] = OrderedDict()
        self._lock = Lock()

    def shown(self, asked: AskedView) -> Shown:
        """Return the newest snapshot for a view.

        Raises:
            StoreError: The store cannot be read.
        """
        now = self._clock()
        with self._lock, self._store.snapshot() as conn:
            newest = newest_version(conn)
            here = now.astimezone(newest.zone)
            period = asked.period.period(here.date())
            whose = narrowed_to(conn, asked.custid)
            key = newest.version, here.replace(minute=0, second=0, microsecond=0), period, whose
            if key not in self._kept:
                question = DashboardQuestion(period, whose, self._allotted_bytes)
                with self._timed():
                    self._kept[key] = dashboard(conn, now, question)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            kept = self._kept[key]
        token = f"{newest.version}.{here:%Y%m%d%H}.{len(kept.late(now))}"
        return Shown(replace(kept, as_of=now), token)
