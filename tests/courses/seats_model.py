"""The rules of seats with no database: thirty lines that the property test compares with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SeatsModel:
    """A run. People stand in `line` as they came; whoever leaves it comes back at its end."""

    seats: int
    policy: str
    cut_off: int  # in hours, as `now`
    end: int
    line: dict[str, str] = field(default_factory=dict)  # person -> seated, offered or waiting
    until: dict[str, int] = field(default_factory=dict)  # person -> deadline of the offer

    @property
    def taken(self) -> int:
        return sum(state != "waiting" for state in self.line.values())

    def settle(self, now: int) -> None:
        over = [who for who in self.line if self.line[who] == "offered" and self.until[who] <= now]
        if now >= self.end:
            over += [who for who in self.line if self.line[who] == "waiting"]
        for who in over:
            del self.line[who]
        if now < self.cut_off and self.policy != "coach":
            waiting = [who for who in self.line if self.line[who] == "waiting"]
            for who in waiting[: self.seats - self.taken]:
                self.line[who] = "seated" if self.policy == "automatic" else "offered"
                self.until[who] = min(now + 24, self.cut_off)

    def enrol(self, who: str, now: int) -> None:
        self.settle(now)
        if who not in self.line:
            waits = self.taken >= self.seats or "waiting" in self.line.values()
            self.line[who] = "waiting" if waits else "seated"

    def leave(self, who: str, now: int) -> None:
        del self.line[who]
        self.settle(now)

    def accept(self, who: str, now: int) -> bool:
        may = self.line[who] == "offered" and self.until[who] > now
        if may:
            self.line[who] = "seated"
        return may or self.line[who] == "seated"

    def give(self, who: str) -> bool:
        may = self.line[who] == "waiting" and self.taken < self.seats
        if may:
            self.line[who] = "seated"
        return may or self.line[who] == "seated"
