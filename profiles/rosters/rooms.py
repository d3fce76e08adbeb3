"""What a teacher teaches, from what a roster says of classes, courses and students.

Grade and subject columns are mostly empty in real files: the fallbacks are the main road.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ..choices import Grade, Subject
from .columns import grade_of

#: The first two digits of a SCED course code; 51 to 73 mean the same before secondary school.
SCED_AREAS = {
    1: Subject.ELA,
    2: Subject.MATH,
    3: Subject.SCIENCE,
    4: Subject.SOCIAL,
    5: Subject.ARTS,
    6: Subject.LANGUAGES,
    8: Subject.PE,
    10: Subject.COMPUTING,
    12: Subject.BUSINESS,
    21: Subject.ENGINEERING,
    23: Subject.GENERAL,
    24: Subject.LANGUAGES,
}
SCED = re.compile(r"(\d{2})\d{3}(?:\D.*)?")

# Looked for in this order: "computer science" is computing, "social studies" no science.
SUBJECT_WORDS = {
    Subject.ENGLISH_LEARNERS: r"\b(?:e[sl]l|esol|eld|english (?:language )?learners?|bilingual)\b",
    Subject.SPECIAL: r"\b(?:special (?:education|ed)|sped|resource room|life skills|inclusion)\b",
    Subject.COMPUTING: r"comput|coding|programming|informatics|\bict\b",
    Subject.SOCIAL: (
        r"social|\bsoc\b|\bss ?\d|histor|geograph|civic|gov'?t|government|econom|psycholog"
    ),
    Subject.ENGINEERING: r"engineer|technolog|robotic|\bstem\b|woodshop|design",
    Subject.MATH: r"math|algebra|geometry|calculus|statistic|trigonometry|arithmetic",
    Subject.SCIENCE: r"scien|\bsci ?(?:\d|k\b|\b)|biolog|chemi|physics|\bearth\b|ecolog|anatomy",
    Subject.ELA: (
        r"english|\bela ?(?:\d|k\b|\b)|language arts|reading|writing|literature|literacy|\beng ?\d"
    ),
    Subject.LANGUAGES: (
        r"spanish|french|german|latin|chinese|mandarin|japanese|italian|arabic|\blanguages?\b"
    ),
    Subject.ARTS: r"\barts?\b|music|band|choir|chorus|orchestra|theat|drama|dance|ceramic|photo",
    Subject.PE: r"physical ed|\bp\.?e\.?\b|health|gym|wellness|fitness",
    Subject.BUSINESS: r"business|accounting|marketing|finance|entrepreneur",
    Subject.LIBRARY: r"librar|media center",
    Subject.GENERAL: r"homeroom|self[- ]contained|all subjects|general elementary",
}
SUBJECT_PATTERNS = {subject: re.compile(words, re.I) for subject, words in SUBJECT_WORDS.items()}

GRADE_IN_TITLE = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])(?!\d)")
#: "Algebra 1" and "Spanish II" name a level of the subject; where the school's grades are known,
#: they tell.
LEVEL_IN_TITLE = re.compile(
    r"(?:algebra|geometry|calculus|statistics|physics|chemistry|spanish|french|german|latin|chinese"
    r"|mandarin|japanese|italian|arabic|band|choir|art|drawing|ceramics)\s+\d\b",
    re.I,
)
KINDERGARTEN_IN_TITLE = re.compile(r"\bK\b|[a-z]K\b|\b[A-Z]{3}K\b|(?i:\bkindergarten)")
#: A grade that fewer of a class's students have says nothing about the class.
SMALLEST_SHARE = 0.2
#: A grade that fewer of a school's students have is an error of the file, not part of the school.
SMALLEST_SHARE_OF_SCHOOL = 0.02

ORDER_OF_GRADES = {grade: place for place, grade in enumerate(Grade.values)}


@dataclass(slots=True)
class RosterCourse:
    title: str
    code: str
    grades: list[str]
    subjects: list[str]
    subject_codes: list[str]


@dataclass(slots=True)
class RosterClass:
    title: str
    school: str  # "" when no school could be found for it
    course: RosterCourse | None
    ends_on: date | None  # the latest end of its terms
    grades: list[str]
    subjects: list[str]
    subject_codes: list[str]
    students: Counter = field(default_factory=Counter)  # grade -> how many


def in_school_order(grades: Iterable[str]) -> tuple[str, ...]:
    """Return the grades, each once, youngest first."""
    return tuple(sorted(set(grades), key=ORDER_OF_GRADES.__getitem__))


def grades_named(cells: Iterable[str]) -> list[str]:
    """Return the grades that these cells name."""
    return [grade for cell in cells if (grade := grade_of(cell))]


def grades_held(students: Counter, smallest_share: float) -> list[str]:
    """Return the grades that at least this share of the students is in."""
    total = sum(students.values())
    return [grade for grade, number in students.items() if number >= smallest_share * total]


def grades_of_class(room: RosterClass, school_grades: Iterable[str]) -> list[str]:
    """Return a class's grades by the first source that answers."""
    span = set(school_grades)
    return (
        [grade for cell in room.grades if (grade := grade_of(cell))]
        or [
            grade
            for cell in (room.course.grades if room.course else [])
            if (grade := grade_of(cell))
        ]
        or grades_held(room.students, SMALLEST_SHARE)
        or grades_in_title(room.title, span)
        or list(span)
    )


def grades_in_title(title: str, span: set[str]) -> list[str]:
    """Return the grade that a title such as "Math 6" names, if the school has it at all.

    "Algebra 2" names none at a high school: the span of the school keeps it out.
    """
    if not span and LEVEL_IN_TITLE.search(title):
        return []
    found = [f"{int(digits):02d}" for digits in GRADE_IN_TITLE.findall(title)][:1]
    if not found and KINDERGARTEN_IN_TITLE.search(title):
        found = ["KG"]
    return [grade for grade in found if not span or grade in span]


def subjects_of_class(room: RosterClass) -> list[str]:
    """Return a class's subjects by the first source that answers."""
    course = room.course
    return (
        subjects_named(room.subjects)
        or subjects_named(course.subjects if course else [])
        or subjects_of_codes(room.subject_codes)
        or subjects_of_codes([*course.subject_codes, course.code] if course else [])
        or subjects_named([room.title])[:1]
        or subjects_named([course.title] if course else [])[:1]
    )


def subjects_named(texts: Iterable[str]) -> list[str]:
    """Return the subjects that these texts name, one for each text that names one."""
    found: list[str] = []
    for text in texts:
        for subject, pattern in SUBJECT_PATTERNS.items():
            if pattern.search(text):
                found.append(subject.value)
                break
    return list(dict.fromkeys(found))


def subjects_of_codes(codes: Iterable[str]) -> list[str]:
    """Return the subjects of SCED codes; a code of another kind has none."""
    found: list[str] = []
    for code in codes:
        if match := SCED.fullmatch(code.strip()):
            area = int(match[1])
            if subject := SCED_AREAS.get(area - 50 if 51 <= area <= 73 else area):
                found.append(subject.value)
    return list(dict.fromkeys(found))
