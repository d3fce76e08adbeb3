"""What is about something shared, or asked for somebody else; and what is the sender's own."""

import pytest

from profiles.tickets.for_others import is_for_others
from profiles.tickets.reading import words_of

ABOUT_OTHERS = (
    "Chromebook cart 3: half of them don't get into Canvas",
    "The laptop cart by the stairs needs to be signed in to Google again",
    "Cart B won't let students into Nearpod",
    "Computer lab PCs open the wrong browser for the reading test",
    "Lab computers don't show the new Google Drive icon",
    "iPads in the library: students can't find Seesaw",
    "Library printer asks for a code before it prints from Google Docs",
    "Screen mirroring on the media center TV",
    "Projector in room 204, nobody gets the picture to cast",
    "Room 118 panel does not open the whiteboard app",
    "The whole hallway can't get into the gradebook",
    "Our team needs a session on Google Classroom",
    "Several teachers asked how grades sync to the SIS",
    "All of our 4th grade teachers are confused by the new rubric screen",
    "On behalf of Mrs. Ortiz: how do you share a Canvas course with a co-teacher?",
    "Mr. Lee can't find the roster in PowerSchool",
    "Ms. Grant asked for help with breakout rooms",
    "Submitting this for a colleague: shared drive permissions",
    "A substitute is unable to open the lesson plan in Google Docs",
    "Another teacher in the building wants to know how to record in Zoom",
    "The big display in the front office does not mirror from an iPad",
    "Shared iPads lose their Kahoot login every morning",
    "The copier doesn't scan to Google Drive",
    "Front office computers, Google Calendar is not shared with the subs",
    "Loaner Chromebooks don't have Read&Write",
    "Auditorium sound system and Zoom",
    "The entire science department has the wrong gradebook weights",
)
OWN = (
    "My students' Chromebooks don't open the quiz",
    "Our team has files all over the drive. How do we make one place for them?",
    "Can two teachers both leave a comment on the same report?",
    "Is there zoom on the document camera for small things in the lab?",
    "How do I get the cart Chromebooks to show the quiz in Canvas?",
    "The lab report assignment does not open in Canvas",
    "Students can't submit the lab in Google Classroom",
    "My class uses the computer lab on Tuesdays, and Nearpod won't load for them",
    "I'm trying to cast my screen to the panel in room 204",
    "Panel in room 12 doesn't show my slides",
    "Where do I find the Canva media library?",
    "How do I add a co-teacher to my Google Classroom?",
    "How can I share a folder with our team?",
    "Shared drive: the files of last year are gone",
    "Shared folder permission for parents",
    "The quiz closed while everybody was in the cafeteria",
    "On behalf of my students: the quiz timer is too short, can it be longer?",
    "Mr. Lee said I should ask you how to weight grades",
    "Add to cart button in the Scholastic store",
    "Gradebook does not sync with the SIS",
    "Breakout rooms: students land in the wrong group",
    "How do I show my colleagues the rubric?",
    "I need to set up the library computers for my 7th graders' research unit",
    "Could you walk me through checking out iPads from the library?",
    "In our class the exit tickets don't show up",
    "Reading groups in period 3 can't hear the read aloud",
    "Quiz settings, teacher view and student view differ",
    "The teacher view of the quiz has no timer",
    "My cart lost its Wi-Fi and the kids can't get into Kahoot",
    "I don't know how to book the lab in the calendar",
    "Team meeting link in Zoom keeps changing",
    "Staff directory in Google Sites: how do I edit my picture?",
    "Room 30 of the escape game in Genially does not open",
)


def told(subject: str, body: str = "", asset: str = "") -> bool:
    return is_for_others(subject, body, words_of(subject) + words_of(body), asset)


@pytest.mark.parametrize("text", ABOUT_OTHERS)
def test_ticket_about_what_is_shared_or_others_is_told(text):
    assert (told(text), told("Question", f"<p>{text}</p>")) == (True, True)


@pytest.mark.parametrize("text", OWN)
def test_ticket_about_one_s_own_teaching_is_let_be(text):
    assert (told(text), told("Question", f"Hello,\n{text}")) == (False, False)


def test_asset_that_is_shared_tells_where_nothing_is_one_s_own():
    for asset in ("Chromebook Cart 3", "Library iPad 7", "LAB-PC 12", "Shared printer"):
        assert told("Google Drive", "It asks for a login", asset)
        assert not told("Google Drive", "I can't find my files", asset)
    for asset in ("Chromebook 20391", "Panel 75 inch", ""):
        assert not told("Google Drive", "It asks for a login", asset)


def test_long_texts_take_no_long_time():
    text = "in the cart " * 300 + "mr mr mr " * 3_000
    assert told(text, "our our our the whole " * 3_000)
