import time

import pytest

from profiles.tickets.minutes import PERIOD_MINUTES, minutes_in, minutes_said

HALF, MOST, WHOLE = round(PERIOD_MINUTES / 2), round(PERIOD_MINUTES * 0.75), PERIOD_MINUTES

LOSSES = [
    ("We lost 20 minutes of class because nobody could log in.", 20),
    ("lost about 20 min of instruction", 20),
    ("I lost almost 15 minutes of my third period class.", 15),
    ("Wasted 25 mins of teaching time on this", 25),
    ("This cost us 10 minutes of learning time.", 10),
    ("It took 15 minutes of class time to get everyone in.", 15),
    ("took twenty-five minutes out of my lesson", 25),
    ("That ate up half an hour of our math block!", 30),
    ("We lost the first fifteen minutes.", 15),
    ("lost a good ten minutes again", 10),
    ("Lost 20-30 minutes today", 25),
    ("we lost 10 to 12 minutes getting the carts open", 11),
    ("lost an hour of instruction", 60),
    ("We lost an hour and a half of class.", 90),
    ("lost 1 hour and 15 minutes of class", 75),
    ("lost 1.5 hours of teaching", 90),
    ("lost a quarter of an hour of my lesson", 15),
    ("20 minutes of class were lost", 20),
    ("The first ten minutes of class went on passwords.", 10),
    ("First fifteen minutes gone.", 15),
    ("30 minutes of instruction wasted. Please help.", 30),
    ("Half the lesson gone.", HALF),
    ("half of my lesson was wasted", HALF),
    ("lost half the period", HALF),
    ("It took the whole period.", WHOLE),
    ("This took my entire class period", WHOLE),
    ("The whole lesson was ruined", WHOLE),
    ("we lost the whole class because of the update", WHOLE),
    ("Wasted half of my class trying to cast.", HALF),
    ("spent most of the lesson trying to log in", MOST),
    ("Spent half the class troubleshooting the projector", HALF),
    ("Spent 20 minutes of class rebooting", 20),
    ("lost two class periods to this", 2 * WHOLE),
    ("Lost a period", WHOLE),
    ("The kids sat for 10 minutes with nothing to do.", 10),
    ("my class was waiting almost 15 minutes", 15),
    ("Students waited 20 minutes while I rebooted", 20),
    ("I couldn't teach for 20 minutes", 20),
    ("I could not start class for about 10 minutes.", 10),
    ("Class started 10 minutes late because of this", 10),
    ("started my lesson a quarter of an hour late", 15),
    ("This delayed class by 10 minutes.", 10),
    ("Held up the lesson for half an hour", 30),
    ("We lost\n20 minutes\nof class", 20),
    ("WE LOST 20 MINUTES OF CLASS", 20),
    ("Lost 10 minutes of class on Monday. Lost 25 minutes of class today.", 25),
    ("20 minutes of lost class time", 20),
    ("20 min lost", 20),
    ("Instruction time lost: 25 min", 25),
    ("Minutes lost: 15", 15),
    ("it took 15 minutes away from my lesson", 15),
    ("this cost us nearly half of the lesson", HALF),
    ("I have lost two whole lessons to this now", 2 * WHOLE),
    ("entire class period lost", WHOLE),
    ("wasted my whole first period", WHOLE),
    ("the last half hour of class was lost", 30),
    ("I lose about five minutes at the start of every lesson", 5),
    ("We will lose 20 minutes. Last time we lost 10 minutes", 10),
    ("I don't know why. We lost 12 minutes of class.", 12),
]

NOTHING = [
    "",
    "My class starts in 10 minutes",
    "class starts in 10 minutes, please hurry",
    "meeting of 30 minutes after school",
    "For the last 20 years I have taught with chalk.",
    "The quiz took 20 minutes of class.",
    "The activity takes 15 minutes of class time",
    "I have 20 minutes of class left",
    "Can you come for 20 minutes?",
    "a 20 minute video won't play in class",
    "lost my 20 minute prep",
    "30 minutes of my planning period was wasted",
    "I spent 30 minutes of my planning period trying to fix it",
    "lost my planning period to this",
    "Took me 20 minutes to figure out how to share",
    "spent an hour on the phone",
    "The test was delayed 20 minutes",
    "The video took half the period",
    "I was 10 minutes late for class because of the locked door",
    "The 20 minutes of class video were lost",
    "They lost 20 minutes of their essay work",
    "I lost 20 minutes of my recording",
    "we lost 30 minutes of grading",
    "Lost 40 minutes last night on grades",
    "I lost my password 10 minutes ago",
    "lost connection 10 minutes ago",
    "lost the file I worked on for 20 minutes",
    "I don't want to lose 20 minutes of class",
    "or we will lose 20 minutes of class",
    "so that we don't lose half the lesson",
    "How can I do this without losing 10 minutes of class?",
    "might lose the whole period",
    "Half the class can't log in",
    "The whole class lost their work",
    "Half my class lost access",
    "my lost lesson plans",
    "half the lesson plan is gone",
    "Spent half the period on fractions",
    "the whole period of the contract",
    "lost access for a period of 20 days",
    "The student missed 20 minutes of class for the dentist",
    "Timer for 15 minutes of silent reading",
    "the battery lasts 45 minutes",
    "How do I set a time limit of 30 minutes for a quiz?",
    "need it within the hour",
    "I teach 6 periods a day",
    "lost 9000 minutes of class",
    "lost 0 minutes of class",
    "Took half the class set to the library",
    "took attendance for the whole class",
    "Please take 10 minutes to show me this in class",
    "We wait for 10 minutes after the bell",
    "My class waits until 10 minutes past nine",
]


@pytest.mark.parametrize(("text", "minutes"), LOSSES)
def test_words_that_tell_a_loss_are_read(text, minutes):
    assert minutes_in(text) == minutes


@pytest.mark.parametrize("text", NOTHING)
def test_words_that_tell_no_loss_say_nothing(text):
    assert minutes_in(text) is None


def test_field_speaks_before_words_and_zero_is_a_word_of_it():
    lost = "We lost 20 minutes of class"
    assert minutes_said(35, lost, lost) == (35, "field")
    assert minutes_said(0, lost, "") == (0, "field")
    assert minutes_said(None, "Help", lost) == (20, "words")
    assert minutes_said(None, "Help", "me") == (None, "")


def test_text_made_to_be_slow_is_read_in_time():
    started = time.process_time()
    for piece in ("lost about about ", "lost 1 to 1 ", "the whole ", "class was waiting 1 "):
        minutes_in(piece * 4000)
    assert time.process_time() - started < 2
