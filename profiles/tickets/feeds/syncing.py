"""One pass over a help desk: calls first, then pages from the last mark on, then what has gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from ...imports import Progress, TakenOver, silent
from ...models import FeedRun, Ticket, TicketFeed
from ...queries import the_district
from ...seals import SealBroken, Secret
from ..deriving import Derived, Matched, Requesters, TicketReader
from ..repeating import mark_repeated, teachers_of
from ..rows import TicketRow
from .answers import Drifted, written
from .desks import NOT_KNOWN, Desk, Keys, Page, Place, System, headers_of
from .line import (
    AskedToWait,
    FeedProblem,
    Line,
    LineDropped,
    NotThere,
    NotUnderstood,
    WrongAddress,
)
from .operations import (
    finish_run,
    give_back,
    hold_turn,
    note_calls_read,
    note_trouble,
    record_page,
    take_turn,
)
from .systems import SYSTEMS
from .walks import changed

CALLS_AT_ONCE = 50
#: Questions in a pass whether tickets are still there.
HELD_QUESTIONS = 5
#: So many tickets are written at once, or fewer when they came slowly.
ROWS_AT_ONCE, LONGEST_HELD = 500, timedelta(seconds=2)
#: When more of them than half are missing at once, our rights went, not the tickets.
FEW = 10
CRASHED = (
    "Reading it went wrong here, not there. Whoever runs the server finds where in the log; we try "
    "again by ourselves."
)

Clock = Callable[[], datetime]


class Sync:
    """A pass over one help desk by one process."""

    def __init__(
        self,
        feed: TicketFeed,
        *,
        clock: Clock,
        token: Secret | None = None,
        app_token: Secret | None = None,
        is_typed: bool = False,
        wait: Callable[[float], None] | None = None,
        may_go_on: Callable[[], bool] = lambda: True,
        progress: Progress = silent,
    ):
        self.feed = feed
        self.system: System = SYSTEMS[feed.kind]
        self.clock = clock
        self._token, self._app_token = token, app_token
        self._is_typed = is_typed
        self._wait = wait
        self._may_go_on = may_go_on
        self._progress = progress

    def run(self, *, by_hand: bool = False) -> FeedRun:
        """Read as far as may be and return the pass. Raises FeedProblem and TakenOver.

        What was read stands, whatever stops it; the next one goes on there.
        """
        run = take_turn(feed=self.feed, now=self.clock(), by_hand=by_hand)
        try:
            desk = self._desk()
            try:
                self._read(desk, run)
            finally:
                desk.line.close()
        except AskedToWait as asked:
            self._stop(run, str(asked), wait=asked.seconds)
            raise
        except FeedProblem as problem:
            self._stop(run, str(problem))
            raise
        except TakenOver:
            raise
        except Exception:  # whose words may quote a ticket
            self._stop(run, CRASHED)
            raise
        return run

    def first_rows(self, number: int) -> list[TicketRow]:
        """Return the first tickets that the help desk gives, and write nothing."""
        desk = self._desk()
        desk.per_page = number
        try:
            page = next(self.system.pages(desk, {}, True))
            refuse_unreadable(page)
            return page.rows[:number]
        finally:
            desk.line.close()

    def read_and_drop(self) -> int:
        """Read every ticket from the beginning, write nothing, and return how many there are."""
        desk = self._desk()
        try:
            return sum(len(page.rows) for page in self.system.pages(desk, {}, True))
        finally:
            desk.line.close()

    def _desk(self) -> Desk:
        """The help desk, with its line open."""
        feed = self.feed
        try:
            token = feed.token if self._token is None else self._token
            app_token = feed.app_token if self._app_token is None else self._app_token
        except SealBroken as broken:
            raise WrongAddress(str(broken)) from None
        line = Line(
            feed.address,
            headers=headers_of(self.system, Keys(token, feed.account, app_token)),
            may_be_private=self._is_typed,
            wait=self._wait,
        )
        desk = Desk(
            line=line,
            zone=the_district().zone,
            now=self.clock(),
            address=feed.address.rstrip("/"),
            queue=feed.queue,
            fields=feed.fields,
            per_page=self.system.per_page,
        )
        if self.system.open is not None:
            self.system.open(desk)
        return desk

    def _stop(self, run: FeedRun, problem: str, wait: float | None = None) -> None:
        note_trouble(feed=self.feed, run=run, problem=problem, now=self.clock(), wait=wait)

    def _read(self, desk: Desk, run: FeedRun) -> None:
        feed, is_new = self.feed, not run.counts.get("pages")
        book = Book(feed, self.system, run=run, desk=desk, clock=self.clock)
        try:
            self._answer_calls(desk, book)
            for page in self.system.pages(desk, book.place, is_new):
                book.take(page)
                self._progress(f"{book.read:,} tickets read")
                if not page.is_last and not self._may_go_on():
                    book.write()
                    give_back(feed=feed)
                    return
        except FeedProblem:
            book.write()  # so that as little as may be is asked for twice
            raise
        with suppress(AskedToWait, LineDropped):  # what was read is whole; the next pass looks on
            self._look_for_gone(desk, book)
        if not is_new:  # whose tickets came before the kill is not known any more
            book.touched.update(teachers_of(feed.source))
        mark_repeated(teachers=book.touched)
        finish_run(feed=feed, run=run, now=self.clock())

    def _answer_calls(self, desk: Desk, book: Book) -> None:
        """Read the tickets that the help desk called us for.

        A call only hastens: what it named comes with the pages besides, and where every ticket is
        trouble, they say so. So a call that can't be answered is let go.
        """
        calls = list(self.feed.calls.filter(read_at=None)[:CALLS_AT_ONCE])
        answered, stop = set(), None
        for number in dict.fromkeys(call.external_id for call in calls):
            try:
                self._answer_call(desk, book, number)
            except AskedToWait as asked:
                stop = asked
                break
            except LineDropped:
                book.let_call_go()
                answered.add(number)
                break
            answered.add(number)
        book.write()
        read = [call for call in calls if call.external_id in answered]
        note_calls_read(calls=read, now=self.clock())
        if stop is not None:
            raise stop

    def _answer_call(self, desk: Desk, book: Book, number: str) -> None:
        """Read one ticket again. Raises AskedToWait and LineDropped."""
        try:
            row = self.system.one(desk, number)
        except Drifted as missing:
            book.take_called(Counter([str(missing)]))
            return
        except NotThere:
            row = None
        except NOT_KNOWN:
            book.let_call_go()
            return
        if row is None or row.external_id != number:
            book.forget([number])
        if row is not None:
            book.take_called(Counter(), row)

    def _look_for_gone(self, desk: Desk, book: Book) -> None:
        """Ask for some of the tickets that are held whether the help desk still has them."""
        present, at_once = self.system.present, self.system.held_at_once
        if present is None:
            return
        for _ in range(HELD_QUESTIONS):
            held = dict(
                Ticket.objects.filter(source=self.feed.source, pk__gt=self.feed.checked_to)
                .order_by("pk")
                .values_list("external_id", "pk")[:at_once]
            )
            try:
                missing = sorted(set(held) - present(desk, list(held))) if held else []
            except NOT_KNOWN:
                missing = []
            # A list may be cut short by a limit: each is asked for alone before it is forgotten.
            missing = [number for number in missing if self._is_gone(desk, number)]
            if len(missing) > len(held) / 2 and len(held) >= FEW:
                raise NotUnderstood(
                    f"The help desk shows {len(missing):,} of {len(held):,} tickets no more. "
                    "Nothing was forgotten: are the token's rights still the same?"
                )
            is_round = len(held) < at_once
            book.forget(missing)
            last = 0 if is_round else max(held.values())
            hold_turn(feed=self.feed, now=self.clock(), checked_to=last)
            if is_round:
                return

    def _is_gone(self, desk: Desk, number: str) -> bool:
        """Whether the help desk has a ticket no more."""
        try:
            row = self.system.one(desk, number)
        except NotThere:
            return True
        except NOT_KNOWN:
            return False
        # One that was moved answers under its new number, and is held under that.
        return row is None or row.is_gone or row.external_id != number


class Book:
    """Writes what one pass reads: matches, reads and drops the texts, keeps the rest.

    Several small pages are one transaction; a kill makes them be asked for again.
    """

    def __init__(self, feed: TicketFeed, system: System, *, run: FeedRun, desk: Desk, clock: Clock):
        self._feed, self._system, self._run = feed, system, run
        self._desk, self._clock = desk, clock
        self._requesters = Requesters()
        self._reader = TicketReader(source=feed.source)
        self._asks_for_texts = True
        self.touched: set[int] = set()  # teachers
        #: By the help desk's number: what was read last counts. None: no teacher's, or gone.
        self._held: dict[str, Matched | None] = {}
        self._counted: Counter[str] = Counter()
        self._place: Place | None = None
        self._begun_at = clock()
        #: The newest change that was no later than the pass's beginning.
        self._mark = str(feed.place.get("mark", feed.place.get("since", "")))
        self._last_mark = written(run.started_at)
        is_ahead = self._mark > self._last_mark  # of an older version, which let marks run ahead
        self._mark = "" if is_ahead else self._mark
        #: Where reading goes on.
        self.place: Place = {} if is_ahead and not run.counts.get("pages") else feed.place

    @property
    def read(self) -> int:
        """How many tickets the pass has read."""
        return self._run.counts["read"] + self._counted["read"]

    def take(self, page: Page) -> None:
        """Take a page, and write it with those before once they are many, or have waited.

        Raises NotUnderstood.
        """
        if page.is_unreadable and page.back is not None:  # parts of it may stand as read
            self._place = page.back | {"mark": self._mark}
        refuse_unreadable(page)
        self._take(page.rows, page.drifted)
        # Not before: a question for a ticket's text may fail, and the rest of the page with it.
        self._counted["pages"] += 1
        self._place = self._marked(page)
        is_full = len(self._held) >= ROWS_AT_ONCE
        if is_full or page.is_last or self._clock() >= self._begun_at + LONGEST_HELD:
            self.write()

    def _marked(self, page: Page) -> Place:
        """Return the place after a page. A change that is yet to come, by the help desk's word,
        carries no mark along: whatever changes until then would be left out."""
        times = map(changed, page.rows)
        if newest := max((at for at in times if at <= self._run.started_at), default=None):
            self._mark = max(self._mark, written(newest))
        if not page.is_last:
            return page.place | {"mark": self._mark}
        if str(page.place.get("since", "")) <= self._last_mark:
            return page.place
        return {"since": self._mark} if self._mark else {}

    def take_called(self, drifted: Counter[str], *rows: TicketRow) -> None:
        """Take tickets that the help desk called us for: where to go on stays."""
        self._take(rows, drifted)

    def let_call_go(self) -> None:
        """Count a call that named a ticket which can't be had."""
        self._counted["calls let go"] += 1

    def forget(self, numbers: Sequence[str]) -> None:
        """Write down that these tickets are gone."""
        self._held.update(dict.fromkeys(numbers))
        self.write()

    def write(self) -> None:
        """Write what was taken and, with it, where to go on."""
        if not self._held and not self._counted and self._place is None:
            return
        self.touched |= record_page(
            feed=self._feed,
            run=self._run,
            rows=self._reader.settle([one for one in self._held.values() if one is not None]),
            gone=[number for number, one in self._held.items() if one is None],
            counted=self._counted,
            now=self._clock(),
            place=self._place,
        )
        self._held, self._counted, self._place = {}, Counter(), None
        self._begun_at = self._clock()

    def _take(self, rows: Sequence[TicketRow], drifted: Counter[str]) -> None:
        for row in rows:
            teacher = None if row.is_gone else self._requesters.find(row.requester)
            if teacher is None:
                self._counted["unmatched"] += not row.is_gone
                self._held[row.external_id] = None  # or it was somebody's here before
            else:
                self._held[row.external_id] = (row, teacher, self._derived(row))
                self._counted["matched"] += 1
                row.subject = row.body = ""
            self._counted["read"] += 1
        self._counted.update(read=drifted.total(), unreadable=drifted.total())

    def _derived(self, row: TicketRow) -> Derived:
        """What is kept of a ticket; its text is asked for where the subject says too little."""
        derived = self._reader.read(row)
        body = self._system.body
        if derived.skill is None and not row.body and body is not None and self._asks_for_texts:
            try:
                row.body = body(self._desk, row.external_id)
            except AskedToWait:  # the tickets themselves matter more than their texts
                self._asks_for_texts = False
            derived = self._reader.read(row)
        return derived


def refuse_unreadable(page: Page) -> None:
    """Raise NotUnderstood when no ticket of a page can be read."""
    if page.is_unreadable:
        missing = ", ".join(f"“{name}”" for name in sorted(page.drifted))
        raise NotUnderstood(
            f"None of {page.drifted.total():,} tickets can be read: {missing} is missing or has "
            "changed. Nothing is lost; we go on here once they can be."
        )
