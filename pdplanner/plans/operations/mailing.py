"""Sending the mail that is owed. Nothing is locked while the mail server is spoken to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from courses.calendars import Person, write_message
from courses.operations.invitations import owe_invitations
from courses.queries.calendars import told_events
from profiles.notices import INVITATION, Letter, claim_letters, drop_unwanted, note_sent, users_owed
from profiles.queries import the_district
from profiles.unsubscribe import unsubscribe_address

from ..queries.letters import News, news_of

logger = logging.getLogger(__name__)


def send_owed(*, now: datetime) -> int:
    """Send every letter that is due; return how many went out.

    Invitations are looked for first, so that each goes with the word on the same seat.

    One that the mail server refuses stays owed and is tried again after its claim has run out.
    """
    owe_invitations(now=now)
    drop_unwanted(now=now)
    zone = the_district().zone
    sent = 0
    for user in users_owed(now=now, zone=zone):
        for letter in claim_letters(user_id=user, now=now, zone=zone):
            news = news_of(letter, now=now)
            try:
                if news:
                    message_for(letter, news).send()
                    sent += 1
            except (SMTPException, OSError):
                logger.exception("The mail to user %s stays owed", user)
                continue
            note_sent(letter=letter, now=now)
    return sent


def message_for(letter: Letter, news: tuple[News, ...]) -> EmailMultiAlternatives:
    """Return the mail, as text and as HTML, under the Message-ID that was fixed for it."""
    context = {"user": letter.user, "news": news, "letter": letter}
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if letter.is_digest:
        context["stop"] = stop = unsubscribe_address(letter.user)
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    subject = news[0].title if len(news) == 1 else f"{news[0].title}, and {len(news) - 1} more"
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("emails/letter.txt", context),
        to=[letter.user.email],
        headers=headers,
    )
    message.attach_alternative(render_to_string("emails/letter.html", context), "text/html")
    for method, text in calendars_of(letter):
        message.attach_alternative(text, f"text/calendar; method={method}")
    return message


def calendars_of(letter: Letter) -> Iterator[tuple[str, str]]:
    """Yield what calendars are told with this letter: the method, and the text."""
    district = the_district()
    by = Person(district.name or "pdplanner", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    to = Person(str(letter.user), letter.user.email)
    for notice in letter.notices:
        if notice.kind == INVITATION and (events := told_events(notice.facts)):
            text = write_message(
                events,
                method=notice.facts["method"],
                zone=district.zone,
                stamp_at=notice.caused_at,
                by=by,
                to=to,
            )
            yield notice.facts["method"], text.decode()
