"""Reading tickets: `python -m benchmarks.reading [--json FILE]`.

1,320 how-to tickets of our own over the sample district's 66 skills (benchmarks/labelled): ten
questions for each skill, each in two phrasings. Five folds by phrasing: no phrasing is both learned
from and asked about, but most questions were heard before in other words. A second row splits by
question: nothing like the ticket was ever sorted. What is learned is what a coach's sorting leaves
behind: sets of words from the allow-list, and the category; both splits without it as well. Beside
it stand the category map alone and the skills' words alone, which read the whole text in its order.
The learning curve takes that many sorted tickets from the four other folds, and "filed" the rest of
them by their category alone. No database is needed.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdplanner.settings.test")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import django

django.setup()

import numpy as np  # noqa: E402 (after the number of threads is said)

from benchmarks.labelled import labelled_tickets  # noqa: E402
from benchmarks.tables import print_table, write_json  # noqa: E402
from pdplanner.sample import content  # noqa: E402
from pdplanner.sample.names import FAMILY_NAMES, GIVEN_NAMES  # noqa: E402
from profiles.tickets.allowed import Keeper, allowed_of  # noqa: E402
from profiles.tickets.classifier import Classifier  # noqa: E402
from profiles.tickets.cold_start import ColdStart, SkillWords  # noqa: E402
from profiles.tickets.learned import told_by  # noqa: E402
from profiles.tickets.learning import WEIGHT_OF_CATEGORY  # noqa: E402
from profiles.tickets.reading import Named, WordReader, words_of  # noqa: E402
from profiles.tickets.training import Example, Measures, folds_of, measured, train  # noqa: E402

LEAST_TOP1, MOST_ERROR = 0.80, 0.05
CURVE = (0, 50, 200, 1000)


def main() -> None:
    """Measure, print the table and the learning curve; what misses its mark is said."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--json", help="write the figures into this file as well")
    options = parser.parse_args()
    began = time.process_time()
    district = Sample()
    figures = district.table()
    columns = ["reads by", "tickets", "top-1", "calibration error", "coverage", "right if sure"]
    figures[2:2] = Sample(by_question=True).unheard()
    title = f"Skill of {len(district.tickets):,} tickets, 5 folds by phrasing"
    print_table(title, columns, figures)
    curve = district.curve()
    print_table("The same after so many sorted tickets", ["sorted", "filed", *columns[2:]], curve)
    mine = figures[0]
    is_met = mine["top-1"] >= LEAST_TOP1 and mine["calibration error"] <= MOST_ERROR
    print(
        f"classifier: top-1 {mine['top-1']:.3f} (mark {LEAST_TOP1:.2f}), calibration error"
        f" {mine['calibration error']:.3f} (mark {MOST_ERROR:.2f}): {'met' if is_met else 'missed'}"
    )
    print(f"{time.process_time() - began:.0f} CPU seconds")
    if options.json:
        write_json(options.json, {"table": figures, "curve": curve})


class Sample:
    """The sample district's skills, and the labelled tickets as they would be kept."""

    def __init__(self, *, by_question: bool = False) -> None:
        texts, tools = content.skills(), {tool.name: tool for tool in content.tools()}
        self.tickets = labelled_tickets({skill.name: skill.category for skill in texts})
        self.numbers = {skill.name: number for number, skill in enumerate(texts, start=1)}
        self.skills = [
            SkillWords(
                self.numbers[skill.name],
                (skill.name, *skill.aliases, *skill.words),
                (
                    skill.description,
                    *(
                        f"{session.title} {session.summary}"
                        for session in content.sessions()
                        if session.skills.get(skill.name, "touches") != "touches"
                    ),
                ),
                _names(tools[skill.tool]) if skill.tool else (),
            )
            for skill in texts
        ]
        people = [*GIVEN_NAMES, *FAMILY_NAMES]
        allowed = allowed_of(
            named=[
                *(name for skill in self.skills for name in skill.names),
                *(name for tool in tools.values() for name in _names(tool)),
            ],
            texts=[
                *(text for skill in self.skills for text in skill.texts),
                *(tool.description for tool in tools.values()),
            ],
            people=people,
        )
        keeper = Keeper(allowed, people)
        self.wordings = [
            Example(
                tuple(keeper.kept_of(words_of(f"{ticket.subject} {ticket.body}"))),
                self.numbers[ticket.skill],
                ticket.question if by_question else ticket.template,
            )
            for ticket in self.tickets
        ]
        self.examples = [
            wording._replace(
                words=tuple(told_by(" ".join(wording.words), *_parts(ticket.category)))
            )
            for wording, ticket in zip(self.wordings, self.tickets, strict=True)
        ]
        self.targets = np.array([example.skill - 1 for example in self.examples])
        self.folds = folds_of([example.writer for example in self.examples])
        tool_numbers = {name: number for number, name in enumerate(tools, start=1)}
        self.reader = WordReader(
            skills=[
                Named(self.numbers[skill.name], _names(skill), tool_numbers.get(skill.tool))
                for skill in texts
            ],
            tools=[Named(tool_numbers[name], _names(tool)) for name, tool in tools.items()],
        )
        self.category_of: dict[str, int] = {}
        for skill in texts:
            if skill.category:
                self.category_of.setdefault(skill.category, self.numbers[skill.name])

    def table(self) -> list[dict[str, Any]]:
        """Return the figures of the classifier and of what it is measured against."""
        learned = self.by_classifier(None)
        by_category = self.by_category()
        told = by_category.max(axis=1, keepdims=True) > 0
        both = np.where(told, by_category, learned)
        return [
            _row("the classifier", measured(learned, self.targets)),
            self.without_categories("the classifier, of words alone"),
            _row("the category map alone", measured(by_category, self.targets)),
            _row("the skills' words alone", measured(self.by_words(), self.targets)),
            _row("the category map, then the classifier", measured(both, self.targets)),
        ]

    def unheard(self) -> list[dict[str, Any]]:
        """Return the classifier's figures where the folds are by question."""
        measures = measured(self.by_classifier(None), self.targets)
        return [
            _row("the classifier, of questions never heard", measures),
            self.without_categories("the same, of words alone"),
        ]

    def without_categories(self, name: str) -> dict[str, Any]:
        """Return the classifier's figures where no ticket has a category."""
        return _row(name, measured(self.by_classifier(None, of=self.wordings), self.targets))

    def curve(self) -> list[dict[str, Any]]:
        """Return the classifier's figures by how many sorted tickets it learned from."""
        rows = []
        for count in CURVE:
            for filed in (False, True) if count else (False,):
                measures = measured(self.by_classifier(count, filed=filed), self.targets)
                rows.append({"sorted": count, "filed": filed, **_row("", measures)})
        return rows

    def by_classifier(
        self, count: int | None, *, filed: bool = False, of: Sequence[Example] = ()
    ) -> np.ndarray:
        """Return how sure it is of each skill [N, S], by what the other folds (or `count` tickets
        of them) taught it; `filed`: and the rest of them by its category alone."""
        sure = np.zeros((len(self.examples), len(self.skills)), np.float32)
        cold_start = ColdStart(self.skills)
        examples = of or self.examples
        for fold in sorted(set(self.folds.tolist())):
            places = np.flatnonzero(self.folds != fold).tolist()
            held = np.flatnonzero(self.folds == fold)
            chosen = places if count is None else random.Random(fold).sample(places, count)
            seen = [examples[place] for place in chosen]
            if filed:
                seen += self.filed(sorted(set(places) - set(chosen)))
            learned = train(seen, self.skills)[0] if seen else None
            asked = [examples[place].words for place in held.tolist()]
            sure[held] = Classifier(cold_start, learned).probabilities(asked)
        return sure

    def filed(self, places: Sequence[int]) -> list[Example]:
        """Return these tickets with the skill that their category stands for, where it does."""
        skills = [self.category_of.get(self.tickets[place].category) for place in places]
        return [
            self.wordings[place]._replace(skill=skill, weight=WEIGHT_OF_CATEGORY)
            for place, skill in zip(places, skills, strict=True)
            if skill is not None
        ]

    def by_category(self) -> np.ndarray:
        """Return what the category map alone says: sure, or nothing."""
        return self._told([(self.category_of.get(ticket.category), 1.0) for ticket in self.tickets])

    def by_words(self) -> np.ndarray:
        """Return what the skills' words alone say of the whole texts."""
        read = [self.reader.read(ticket.subject, ticket.body) for ticket in self.tickets]
        return self._told([(reading.skill, reading.confidence or 0.0) for reading in read])

    def _told(self, answers: Sequence[tuple[int | None, float]]) -> np.ndarray:
        sure = np.zeros((len(self.tickets), len(self.skills)), np.float32)
        for place, (skill, how_sure) in enumerate(answers):
            if skill is not None:
                sure[place, skill - 1] = how_sure
        return sure


def _parts(category: str) -> tuple[str, str]:
    """A category of the labelled tickets as its category and subcategory."""
    whole, _, part = category.partition(" / ")
    return whole, part


def _names(text: Any) -> tuple[str, ...]:
    return (text.name, *text.aliases, *text.words)


def _row(name: str, measures: Measures) -> dict[str, Any]:
    return {
        "reads by": name,
        "tickets": measures.tickets,
        "top-1": measures.top1,
        "calibration error": measures.calibration_error,
        "coverage": 1 - measures.not_sure,
        "right if sure": measures.right_if_sure,
    }


if __name__ == "__main__":
    main()
