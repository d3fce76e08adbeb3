"""What was noticed about a teacher, in words."""

from __future__ import annotations

from datetime import date

from .reasons import rollout_pieces
from .sentences import Days, Facts, Sentence, Strong, day_words, sentence, times


def noticed_words(need: Facts, *, as_of: date) -> str:
    """Return a noticed need in short, for a chip: "3 asks · 35 min lost"."""
    words = []
    if need["asks"]:
        words.append(f"{need['asks']} {'ask' if need['asks'] == 1 else 'asks'}")
        if need["minutes_lost"]:
            words.append(f"{need['minutes_lost']} min lost")
    if need["goal"]:
        words.append("your goal")
    if need["rollout_date"] and not words:
        day = date.fromisoformat(need["rollout_date"])
        words.append(
            f"{need['tool_name']} since {day_words(day, as_of)}"
            if day <= as_of
            else f"{need['tool_name']} from {day_words(day, as_of)}"
        )
    return " · ".join(words) or "colleagues ask about it"


def noticed_sentences(need: Facts, *, as_of: date) -> tuple[Sentence, ...]:
    """Return what a noticed need comes from, a sentence for each source."""
    day = Days(as_of, True)
    told = []
    if need["asks"]:
        skill, lost = Strong(need["skill_name"]), need["minutes_lost"]
        cost = f"; about {lost} minutes of class went with it" if lost else ""
        when = (
            [" on ", day(need["last_date"])]
            if need["asks"] == 1
            else [" ", Strong(times(need["asks"])), " since ", day(need["since_date"])]
        )
        told.append(sentence("asked", "You asked about ", skill, *when, cost, "."))
    if need["goal"]:
        told.append(sentence("goal", "Your goal: ", Strong(f"“{need['goal']}”"), "."))
    if need["rollout_date"]:
        facts = {"tool_name": need["tool_name"], "date": need["rollout_date"]}
        told.append(sentence("rollout", *rollout_pieces(facts, day)))
    if not told:
        told.append(sentence("cohort", "Colleagues who teach as you do ask about it."))
    return tuple(told)
