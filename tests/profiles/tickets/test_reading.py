import pytest

from profiles.choices import TicketKind
from profiles.tickets.reading import Named, Reading, WordReader, kind_named, words_of

READER = WordReader(
    skills=[
        Named(1, ("Grade sync", "grades not syncing", "sync grades"), tool=10),
        Named(2, ("Screen sharing", "cast my screen", "airplay")),
        Named(3, ("Rubrics", "scoring guide"), tool=10),
        Named(4, ("Slides basics",), tool=11),
    ],
    tools=[Named(10, ("Gradebook", "grade book")), Named(11, ("Slides",))],
)


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("", "", Reading(None, None, None)),
        ("Something else", "", Reading(None, 0.0, None)),
        # three words in the subject: 6, nothing against it
        ("Grades not syncing", "", Reading(1, 0.984, None)),
        # with other words between it is less sure
        ("my grades are not really syncing", "", Reading(1, 0.946, None)),
        # one word of the body is just enough, and a tie is not
        ("", "airplay", Reading(2, 0.5, None)),
        ("", "airplay and rubrics", Reading(None, 0.25, TicketKind.PEDAGOGY)),
        # a tool speaks for its skill, not for one of several
        ("Slides", "", Reading(4, 0.67, None)),
        ("Gradebook", "", Reading(None, 0.335, None)),
        ("How do I cast my screen", "", Reading(2, 0.984, TicketKind.HOW_TO)),
        ("", "<p>the <b>airplay</b> box is <i>not working</i></p>", Reading(2, 0.5, "break")),
    ],
)
def test_words_tell_skill_and_kind(subject, body, expected):
    assert READER.read(subject, body) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the internet is down in the whole building", TicketKind.OUTAGE),
        ("locked out, forgot my password", TicketKind.ACCESS),
        ("my screen is black and cracked", TicketKind.BREAK),
        ("please install this on the cart", TicketKind.REQUEST),
        ("ideas for group work with my class", TicketKind.PEDAGOGY),
        ("where do i find the report", TicketKind.HOW_TO),
        ("hello", None),
    ],
)
def test_phrases_tell_the_kind(text, kind):
    assert READER.read(text, "").kind == kind


def test_words_are_the_same_whether_or_not_the_text_is_ascii():
    text = " ".join(f"Tab{chr(code)}Let x{chr(code)}" for code in range(128) if chr(code) != "<")
    assert [*words_of(text), "é"] == words_of(f"{text} é")


def test_words_are_compared_without_case_tags_and_plural():
    assert words_of("<b>Grades</b> &amp; CLASS buses") == ["grade", "amp", "class", "buse"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("How-to", "how-to"), ("INCIDENT", "break"), ("Service Request", "request"), ("odd", None)],
)
def test_kind_is_known_by_a_help_desk_s_own_word(text, kind):
    assert kind_named(text) == kind
