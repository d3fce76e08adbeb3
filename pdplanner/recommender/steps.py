"""From the solver's numbers back to steps with dates, values and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import exp, prod

import numpy as np

from pdplanner.recommender.candidates import Chances, Effects
from pdplanner.recommender.eligibility import why_shut
from pdplanner.recommender.facts import Facts, Id, Step, TeacherFacts, WhyNot
from pdplanner.recommender.fit import PARTS, fit_of_run, style_share
from pdplanner.recommender.needs import Needs
from pdplanner.recommender.reasons import StepStory, reasons_for
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.savings import Savings, savings_of
from pdplanner.recommender.search import Step as Pick
from pdplanner.recommender.tables import Catalogue, Flags, Floats, Ints

#: Where the tellable need is split: the parts that a reason can be given for.
TOLD_PARTS = ("own", "cohort", "rollout", "goal", "said")


class StepWriter:
    """Writes the paths; keeps of every candidate only what its step would say."""

    def __init__(
        self,
        facts: Facts,
        rules: PathRules,
        catalogue: Catalogue,
        needs: Needs,
        need: Floats,
        effects: Effects,
    ) -> None:
        self._facts, self._rules, self._catalogue = facts, rules, catalogue
        self._needs, self._need, self._effects = needs, need, effects
        self._due: dict[Id, dict[Id, date]] = {}
        for requirement in facts.requirements:
            for teacher in requirement.teachers:
                mine = self._due.setdefault(teacher, {})
                mine[requirement.course] = min(
                    requirement.due_date, mine.get(requirement.course, date.max)
                )
        self._fits: list[dict[int, tuple[tuple[float, ...], int]]] = []
        self._shut: list[dict[Id, WhyNot]] = []

    def keep(self, teachers: Sequence[TeacherFacts], chances: Chances, chosen: Flags) -> None:
        """Note the fit of each candidate of a batch, and why an expected course is none."""
        table = np.stack([chances.fits.parts[name] for name in PARTS], axis=-1)
        for row in range(len(chosen)):
            numbers = np.flatnonzero(chosen[row])
            self._fits.append(
                {
                    number: (tuple(parts), int(version))
                    for number, parts, version in zip(
                        numbers.tolist(),
                        table[row, numbers].tolist(),
                        chances.fits.version[row, numbers],
                        strict=True,
                    )
                }
            )
        for row, teacher in enumerate(teachers):
            shut: dict[Id, WhyNot] = {}
            for course in self._expected(teacher):
                number = self._catalogue.number.get(course)
                if number is None:
                    shut[course] = WhyNot(course, "unknown-course", {})
                    continue
                why = why_shut(self._facts, self._catalogue, teacher, chances.openness, row, number)
                if why is not None:
                    shut[course] = why
            self._shut.append(shut)

    def needs_of(self, row: int) -> dict[Id, float]:
        """The minutes a teacher is expected to lose, by skill, most first."""
        need = self._need[row]
        order = np.lexsort((np.arange(len(need)), -need))
        least = self._rules.fit.worth_minutes
        return {self._needs.skills[k]: float(need[k]) for k in order if need[k] >= least}

    def write(
        self, place: int, row: int, picks: Sequence[Pick], weekly: Ints, stands: frozenset[Id]
    ) -> tuple[tuple[Step, ...], tuple[WhyNot, ...]]:
        """The steps of a teacher, and why required or accepted courses are not among them;
        `weekly` [W] are the minutes of each week, `stands` the courses on the path as it is."""
        teacher = self._facts.teachers[row]
        picks = self._moved_up(self._in_order(list(picks)), weekly, stands)
        fits = [self._fit(teacher, place, pick) for pick in picks]
        skills, savings = self._savings(row, picks, fits)
        order = self._by_urgency(teacher, picks, savings.alone.tolist())
        if order != sorted(order):
            picks, fits = [picks[at] for at in order], [fits[at] for at in order]
            skills, savings = self._savings(row, picks, fits)
        told = split_minutes(self._needs, row, skills, savings.by_skill)
        steps = tuple(
            self._step(teacher, picks, at, fits[at], self._fits[place][pick.course][1], told[at])
            for at, pick in enumerate(picks)
        )
        return steps, self._left_out(teacher, place, picks)

    def _expected(self, teacher: TeacherFacts) -> list[Id]:
        """What should be on the path: required, or said yes to."""
        required = self._due.get(teacher.id, {}).keys()
        return sorted(required | teacher.accepted | set(teacher.enrolled), key=str)

    def _left_out(
        self, teacher: TeacherFacts, place: int, picks: Sequence[Pick]
    ) -> tuple[WhyNot, ...]:
        """Why an expected course is not among the picks; done ones are not expected, nor is what
        is required and has an equivalent in time."""
        day_of = {self._catalogue.courses[pick.course].id: self._day(pick) for pick in picks}
        held = teacher.accepted | set(teacher.enrolled)
        missing = []
        for course in self._expected(teacher):
            if course in day_of:
                continue
            why = self._shut[place].get(course) or self._no_room(teacher, course)
            twins = self._catalogue.twins.get(course, frozenset()) & day_of.keys()
            if twins and course not in held:
                twin = min(twins, key=lambda other: (day_of[other], str(other)))
                if self._is_in_time(teacher, course, day_of[twin]):
                    continue
                why = WhyNot(course, "covered", {"course": twin, "date": day_of[twin]})
            if why.rule not in ("done", "equivalent-done", "enrolled"):
                missing.append(why)
        return tuple(missing)

    def _is_in_time(self, teacher: TeacherFacts, course: Id, day: date) -> bool:
        due = self._due[teacher.id][course]
        return day <= due or due <= self._facts.as_of

    def _no_room(self, teacher: TeacherFacts, course: Id) -> WhyNot:
        due = self._due.get(teacher.id, {}).get(course)
        if due is None:
            return WhyNot(course, "no-room", {})
        number = self._catalogue.number[course]
        dates = [self._catalogue.runs[run].start_date for run in self._catalogue.runs_of(number)]
        late = bool(dates) and self._facts.as_of < due < min(dates)
        return WhyNot(course, "no-run" if late else "no-room", {"due_date": due})

    def _moved_up(self, picks: list[Pick], weekly: Ints, stands: frozenset[Id]) -> list[Pick]:
        """The picks, those without a date moved up into room that others left; what stood on the
        path stays in its week."""
        courses, minutes = self._catalogue.courses, self._catalogue.minutes
        room = weekly.copy()
        for pick in picks:
            room[pick.week] -= self._minutes(pick)
        week_of = {courses[pick.course].id: pick.week for pick in picks}
        moved = []
        for pick in picks:
            course = courses[pick.course]
            if pick.run < 0 and course.id not in stands:
                after = [week_of[other] for other in course.requires if other in week_of]
                for week in range(max(after, default=-1) + 1, pick.week):
                    if weekly[week] > 0 and room[week] >= minutes[pick.course]:
                        room[pick.week] += minutes[pick.course]
                        room[week] -= minutes[pick.course]
                        pick = Pick(pick.course, week, pick.run)
                        week_of[course.id] = week
                        break
            moved.append(pick)
        return self._in_order(moved)

    def _by_urgency(
        self, teacher: TeacherFacts, picks: Sequence[Pick], missed: Sequence[float]
    ) -> list[int]:
        """The places of the picks, those of one day with what is due first, then what is advised
        before another, then what would be missed most: `missed` [S] minutes."""
        due = self._due.get(teacher.id, {})
        courses = [self._catalogue.courses[pick.course] for pick in picks]

        def urgency(at: int) -> tuple[int, date, date, float, int]:
            pick = picks[at]
            last = due.get(courses[at].id, date.max)
            return pick.week, self._day(pick), last, -missed[at], pick.course

        order: list[int] = []
        ahead = sorted(range(len(picks)), key=urgency)
        while ahead:
            here = [at for at in ahead if urgency(at)[:3] == urgency(ahead[0])[:3]]
            waiting = {courses[at].id for at in here}
            # Where advice goes in a circle, none of it counts.
            ready = [at for at in here if not courses[at].advises & waiting - {courses[at].id}]
            order.append((ready or here)[0])
            ahead.remove(order[-1])
        return order

    def _in_order(self, picks: list[Pick]) -> list[Pick]:
        return sorted(picks, key=lambda pick: (pick.week, self._day(pick), pick.course))

    def _day(self, pick: Pick) -> date:
        if pick.run < 0:
            return self._catalogue.weeks[pick.week]
        return self._catalogue.runs[pick.run].start_date

    def _minutes(self, pick: Pick) -> int:
        """What a pick takes: the minutes of its very run, or of the course."""
        catalogue = self._catalogue
        return int(
            catalogue.minutes[pick.course] if pick.run < 0 else catalogue.run_minutes[pick.run]
        )

    def _fit(self, teacher: TeacherFacts, place: int, pick: Pick) -> dict[str, float]:
        """The fit of a pick, with the time and place of the very run."""
        parts = dict(zip(PARTS, self._fits[place][pick.course][0], strict=True))
        if pick.run >= 0:
            run = self._catalogue.runs[pick.run]
            parts |= fit_of_run(self._facts, teacher, run, self._rules.fit)
        return parts

    def _savings(
        self, row: int, picks: Sequence[Pick], fits: Sequence[dict[str, float]]
    ) -> tuple[Ints, Savings]:
        """The skills that the picks touch [K'], and what each pick saves of them."""
        skills, weeks, leaves = self._leaves(row, picks, fits)
        need, season = self._need[row, skills], self._needs.season[skills]
        return skills, savings_of(need, season, weeks, leaves)

    def _leaves(
        self, row: int, picks: Sequence[Pick], fits: Sequence[dict[str, float]]
    ) -> tuple[Ints, Ints, Floats]:
        """The skills that S picks touch [K'], their weeks [S], and what they leave [S, K']."""
        effects = self._effects
        entries = [
            range(int(effects.start[pick.course]), int(effects.start[pick.course + 1]))
            for pick in picks
        ]
        touched = {int(effects.skill[entry]) for rows in entries for entry in rows}
        skills = [skill for skill in sorted(touched) if self._need[row, skill] > 0]
        column = {skill: number for number, skill in enumerate(skills)}
        leaves = np.ones((len(picks), len(skills)))
        for step, (rows, fit) in enumerate(zip(entries, fits, strict=True)):
            share = prod(fit.values())
            for entry in rows:
                number = column.get(int(effects.skill[entry]))
                if number is not None:
                    leaves[step, number] = exp(share * float(effects.keeps[entry]))
        weeks = np.array([pick.week for pick in picks], dtype=np.int64)
        return np.array(skills, dtype=np.int64), weeks, leaves

    def _step(
        self,
        teacher: TeacherFacts,
        picks: Sequence[Pick],
        at: int,
        fit: dict[str, float],
        version: int,
        minutes: dict[Id, dict[str, float]],
    ) -> Step:
        catalogue, pick = self._catalogue, picks[at]
        course = catalogue.courses[pick.course]
        run = catalogue.runs[pick.run] if pick.run >= 0 else None
        later = [
            other
            for other in picks[at + 1 :]
            if course.id in catalogue.courses[other.course].requires
        ]
        story = StepStory(
            teacher=teacher,
            course=course,
            minutes=minutes,
            week_date=catalogue.weeks[pick.week],
            run_date=None if run is None else run.start_date,
            slot=None if run is None else run.slot,
            due_date=self._due.get(teacher.id, {}).get(course.id),
            accepted=course.id in teacher.accepted or course.id in teacher.enrolled,
            opens=(catalogue.courses[later[0].course].id, self._day(later[0])) if later else None,
            version=None if version < 0 else course.variants[version],
            style_fit=style_share(teacher, course.format, self._rules.fit),
        )
        return Step(
            course=course.id,
            minutes=self._minutes(pick),
            week_date=story.week_date,
            offering=None if run is None else run.id,
            date=story.run_date,
            slot=story.slot,
            value=sum(sum(parts.values()) for parts in minutes.values()),
            reasons=reasons_for(story, self._needs.evidence, self._rules.reasons),
            fit=fit,
        )


def split_minutes(
    needs: Needs, row: int, skills: Ints, saved: Floats
) -> list[dict[Id, dict[str, float]]]:
    """Minutes of these skills [K] that each of S steps saved, `saved` [S, K]: told apart by the
    part of the need they come from, a step each."""
    parts = np.array([needs.parts[name][row, skills] for name in TOLD_PARTS])
    total = parts.sum(axis=0)
    shares = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)
    split = (saved[:, :, None] * shares.T).tolist()
    names = [needs.skills[skill] for skill in skills.tolist()]
    is_told = ((saved > 0) & (total > 0)).tolist()
    return [
        {
            name: dict(zip(TOLD_PARTS, minutes, strict=True))
            for name, minutes, told in zip(names, of_step, is_told_of_step, strict=True)
            if told
        }
        for of_step, is_told_of_step in zip(split, is_told, strict=True)
    ]
