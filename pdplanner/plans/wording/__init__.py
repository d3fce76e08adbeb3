"""Words for reasons, changes and answers: plain, short, to one person."""

from .answers import causes_words, change_words, left_out_words, nothing_words, why_not_words
from .noticed import noticed_sentences, noticed_words
from .reasons import cohort_name, word_reason
from .sentences import (
    Sentence,
    clock_words,
    day_words,
    moment_words,
    part_words,
    run_words,
    slot_words,
)

__all__ = [
    "Sentence",
    "causes_words",
    "change_words",
    "clock_words",
    "cohort_name",
    "day_words",
    "left_out_words",
    "moment_words",
    "nothing_words",
    "noticed_sentences",
    "noticed_words",
    "part_words",
    "run_words",
    "slot_words",
    "why_not_words",
    "word_reason",
]
