"""A plan by the biggest gain a minute, one bundle of prerequisites and session after another."""

from __future__ import annotations

import numpy as np

from pdplanner.recommender.search.instances import ANY, Floats, Instance, Ints, Step


class _Draft:
    """A plan in the making for one teacher; it always keeps every rule."""

    def __init__(
        self, instance: Instance, teacher: int, seats: Ints, prices: Floats | None
    ) -> None:
        self.instance, self.seats, self.prices = instance, seats, prices
        rows = slice(instance.candidate_start[teacher], instance.candidate_start[teacher + 1])
        courses = instance.candidate_course[rows].tolist()
        self.fit = dict(zip(courses, instance.candidate_fit[rows].tolist(), strict=True))
        self.done = set(_row(instance.done_start, instance.done_course, teacher))
        self.free = set(_row(instance.slot_start, instance.slot_number, teacher))
        self.held = set(_row(instance.kept_start, instance.kept_run, teacher)) - {ANY}
        self.minutes_left = int(instance.budget[teacher])
        self.week_left = instance.weekly[teacher].copy()
        needs = slice(instance.need_start[teacher], instance.need_start[teacher + 1])
        self.row_of = {int(k): i for i, k in enumerate(instance.need_skill[needs])}
        season = instance.season[instance.need_skill[needs]]
        # Minutes of each skill still lost in each week; a step lowers those after its own week.
        self.lost = season * instance.need_minutes[needs][:, None]
        self.steps: dict[int, Step] = {}
        self.taken: set[tuple[int, int]] = set()
        self.last_week = dict(
            zip(
                _row(instance.required_start, instance.required_course, teacher),
                _row(instance.required_start, instance.required_by_week, teacher),
                strict=True,
            )
        )

    def missing(self, course: int) -> list[int]:
        """Return the prerequisites to be planned first, then the course itself."""
        order: list[int] = []
        for needed in _row(self.instance.requires_start, self.instance.requires_course, course):
            if needed not in self.done and needed not in self.steps:
                order += [c for c in self.missing(needed) if c not in order]
        return [*order, course]

    def best_step(self, course: int, held_run: int = ANY) -> tuple[float, Step] | None:
        """Return the gain of the course and where it is highest, or None where it has no room."""
        instance = self.instance
        minutes = int(instance.minutes[course])
        if course not in self.fit or course in self.done or minutes > self.minutes_left:
            return None
        first = 0
        for needed in _row(instance.requires_start, instance.requires_course, course):
            if needed not in self.done:
                if needed not in self.steps:
                    return None
                first = max(first, self.steps[needed].week + 1)
        last = min(instance.weeks - 1, self.last_week.get(course, instance.weeks))
        best: tuple[float, Step] | None = None
        for week, run in self._places(course, held_run):
            if not first <= week <= last or minutes > self.week_left[week]:
                continue
            gain = self._gain(course, week)
            if self.prices is not None and run != ANY:
                gain -= float(self.prices[run])
            if best is None or gain > best[0]:
                best = gain, Step(course, week, run)
        return best

    def _places(self, course: int, held_run: int) -> list[tuple[int, int]]:
        instance = self.instance
        if instance.any_week[course]:
            return [(week, ANY) for week in range(instance.weeks)]
        places = []
        for run in range(instance.run_start[course], instance.run_start[course + 1]):
            week, slot = int(instance.run_week[run]), int(instance.run_slot[run])
            open_to = run in self.held or (self.seats[run] > 0 and slot in self.free)
            if open_to and held_run in (ANY, run) and (week, slot) not in self.taken:
                places.append((week, run))
        return places

    def _gain(self, course: int, week: int) -> float:
        gain = 0.0
        for row, kept in self._kept_shares(course):
            gain += (1.0 - kept) * float(self.lost[row, week + 1 :].sum())
        return gain

    def _kept_shares(self, course: int) -> list[tuple[int, float]]:
        instance = self.instance
        rows = slice(instance.effect_start[course], instance.effect_start[course + 1])
        return [
            (self.row_of[skill], (1.0 - strength) ** self.fit[course])
            for skill, strength in zip(
                instance.effect_skill[rows].tolist(),
                instance.effect_strength[rows].tolist(),
                strict=True,
            )
            if skill in self.row_of
        ]

    def add(self, step: Step) -> None:
        """Put a step in that `best_step` found."""
        self.steps[step.course] = step
        minutes = int(self.instance.minutes[step.course])
        self.minutes_left -= minutes
        self.week_left[step.week] -= minutes
        if step.run != ANY:
            self.taken.add((step.week, int(self.instance.run_slot[step.run])))
        for row, kept in self._kept_shares(step.course):
            self.lost[row, step.week + 1 :] *= kept

    def remove(self, step: Step, lost: Floats) -> None:
        """Take a step out again; `lost` is the table as it stood before it."""
        del self.steps[step.course]
        minutes = int(self.instance.minutes[step.course])
        self.minutes_left += minutes
        self.week_left[step.week] += minutes
        if step.run != ANY:
            self.taken.discard((step.week, int(self.instance.run_slot[step.run])))
        self.lost = lost

    def try_bundle(self, course: int, held_run: int = ANY) -> tuple[float, int, list[Step]] | None:
        """Return gain, minutes and steps of a course with its prerequisites; nothing stays."""
        added: list[tuple[Step, Floats]] = []
        total, complete = 0.0, True
        for part in self.missing(course):
            found = self.best_step(part, held_run if part == course else ANY)
            if found is None:
                complete = False
                break
            total += found[0]
            added.append((found[1], self.lost.copy()))
            self.add(found[1])
        for step, lost in reversed(added):
            self.remove(step, lost)
        if not complete:
            return None
        steps = [step for step, _ in added]
        return total, sum(int(self.instance.minutes[step.course]) for step in steps), steps


def plan_greedily(
    instance: Instance, teacher: int, seats: Ints, prices: Floats | None = None
) -> tuple[list[Step], list[int]]:
    """Return a teacher's steps in order, and the kept and required courses without room."""
    draft = _Draft(instance, teacher, seats, prices)
    musts = list(
        zip(
            _row(instance.kept_start, instance.kept_course, teacher),
            _row(instance.kept_start, instance.kept_run, teacher),
            strict=True,
        )
    )
    by_due = sorted(draft.last_week, key=lambda course: (draft.last_week[course], course))
    musts += [(course, ANY) for course in by_due if course not in dict(musts)]
    missed = []
    for course, held_run in musts:
        if course in draft.done or course in draft.steps:
            continue
        found = draft.try_bundle(course, held_run)
        if found is None:
            missed.append(course)
        else:
            for step in found[2]:
                draft.add(step)
    while True:
        best: tuple[float, list[Step]] | None = None
        for course in sorted(draft.fit):
            if course in draft.steps or course in draft.done:
                continue
            bundle = draft.try_bundle(course)
            if bundle is None or bundle[0] <= 1e-9:
                continue
            rate = bundle[0] / max(1, bundle[1])
            if best is None or rate > best[0]:
                best = rate, bundle[2]
        if best is None:
            break
        for step in best[1]:
            draft.add(step)
    return sorted(draft.steps.values(), key=lambda step: (step.week, step.course)), missed


def _row(start: Ints, entries: Ints, item: int) -> list[int]:
    found: list[int] = np.asarray(entries[start[item] : start[item + 1]]).tolist()
    return found
