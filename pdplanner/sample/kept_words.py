"""The words that are kept of a sample ticket: what an import would have left of its text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from profiles.tickets.reading import words_of
from profiles.tickets.word_lists import stop_words

from . import content
from .drafts import Draft

#: Words of any ticket, about whatever skill.
ASIDE = ("assignment", "class", "laptop", "lesson", "page", "period", "screen", "student", "week")
#: How many words of its skill a ticket holds whose skill somebody or something could tell, and
#: one whose skill nobody has told yet.
TOLD, UNTOLD = (2, 5), (0, 1)


def words_by_skill() -> Mapping[str, list[str]]:
    """Return skill -> the words that tickets about it use."""
    return {
        skill.name: sorted(
            {
                word
                for name in (skill.name, *skill.aliases, *skill.words)
                for word in words_of(name)
                if len(word) > 2 and word.isalpha() and word not in stop_words()
            }
        )
        for skill in content.skills()
    }


def kept_words(draft: Draft, words: Mapping[str, list[str]], rng: np.random.Generator) -> str:
    """Return what is kept of a ticket: some of its skill's words, and some of any ticket's."""
    own = words.get(draft.about or draft.skill, [])
    if not own:
        return ""
    least, most = TOLD if draft.skill else UNTOLD
    several = min(int(rng.integers(least, most + 1)), len(own))
    chosen = [own[place] for place in rng.permutation(len(own))[:several]]
    aside = [ASIDE[place] for place in rng.permutation(len(ASIDE))[: int(rng.integers(1, 4))]]
    return " ".join(sorted({*chosen, *aside}))
