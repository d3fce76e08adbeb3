"""Which column of an export is what: given, saved in a profile, or known by its usual name."""

from __future__ import annotations

import re

from ..imports import ImportRefused

REQUIRED = ("external_id", "requester", "opened")
#: Our name for each thing a ticket may say, and the headings that surely mean it, best first.
HEADINGS = {
    "external_id": (
        "external_id ticket_number number ticket_id ticket_no incident_number case_number id"
    ),
    "requester": (
        "requester requester_email requestor requestor_email from_email caller_email"
        " requester_email_address contact_email customer_email email"
    ),
    "helped": (
        "helped requested_for requested_for_email on_behalf_of on_behalf_of_email for_user"
        " affected_user affected_user_email affected_person opened_for created_for for_email for"
        " beneficiary"
    ),
    "asset": "asset asset_name asset_description device_name configuration_item",
    "opened": (
        "opened opened_at created created_at date_created created_date created_time creation_date"
        " open_date"
    ),
    "first_answered": "first_answered first_answered_at first_response_at first_responded_at",
    "resolved": (
        "resolved resolved_at date_resolved resolved_date resolved_time solved solved_at closed"
        " closed_at closed_date closed_time date_closed"
    ),
    # Not "topic" and "issue": many a help desk heads the text so.
    "category": "category help_topic issue_category issue_type",
    "subcategory": "subcategory sub_category",
    "subject": "subject title summary short_description issue topic",
    "body": "body description content message details",
    "kind": "kind ticket_kind",
    "minutes_lost": "minutes_lost",
    "need_by": "need_by need_by_date needed_by",
    "reopened": "reopened is_reopened reopen_count reopened_count",
    "status": "status current_status ticket_status",
}
NAMES = tuple(HEADINGS)
#: Columns whose cells are read for the skill and never shown, stored or quoted.
TEXT_NAMES = ("subject", "body", "asset")
# A comma starts the next pair only when one of our names follows it: headings hold commas too.
PAIRS = re.compile(rf",(?=\s*(?:{'|'.join(NAMES)})\s*=)|,(?=\s*[a-z_]+\s*=)")
FILE = "the tickets"

#: What a coordinator reads beside each of our names.
LABELS = {
    "external_id": "Number of the ticket",
    "requester": "Who asked: address or roster id",
    "helped": "Asked for whom: address or roster id, where that is somebody else",
    "asset": "The device it is about: read, never stored",
    "opened": "Opened",
    "first_answered": "First answered",
    "resolved": "Resolved",
    "category": "Category",
    "subcategory": "Subcategory",
    "subject": "Subject: read, never stored",
    "body": "Text: read, never stored",
    "kind": "Kind: how-to, access, break …",
    "minutes_lost": "Minutes of teaching lost",
    "need_by": "Needed by",
    "reopened": "Reopened: yes, no or how often",
    "status": "Status: what is deleted or merged is forgotten here",
}

Columns = dict[str, str]  # our name -> heading of the export


def parse_map(text: str) -> Columns:
    """Return the columns of NAME=COLUMN,NAME=COLUMN; raises ImportRefused."""
    columns: Columns = {}
    for pair in PAIRS.split(text):
        name, equals, heading = (part.strip() for part in pair.partition("="))
        if not (name and equals and heading):
            raise ImportRefused.because(
                "--map", "a pair is not NAME=COLUMN", "Such as external_id=Number,opened=Created."
            )
        if name not in HEADINGS:
            raise ImportRefused.because(
                "--map", f"“{name[:40]}” is no name here", f"The names are {', '.join(NAMES)}."
            )
        if name in columns:
            raise ImportRefused.because("--map", f"“{name}” stands twice", "Name it once.")
        columns[name] = heading
    return columns


def spoken(heading: str) -> str:
    """Return a heading as it is compared: lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")


def recognise(header: list[str]) -> Columns:
    """Return the columns whose headings surely mean one of our names."""
    by_word: dict[str, str] = {}
    for heading in header:
        by_word.setdefault(spoken(heading), heading)
    return {
        name: next(by_word[word] for word in words.split() if word in by_word)
        for name, words in HEADINGS.items()
        if any(word in by_word for word in words.split())
    }


def places_of(columns: Columns, header: list[str]) -> dict[str, int]:
    """Return our name -> place in the row; raises ImportRefused when a column is not there."""
    at = {heading.casefold(): place for place, heading in enumerate(header)}
    absent = [heading for heading in columns.values() if heading.casefold() not in at]
    missing = [name for name in REQUIRED if name not in columns]
    if absent or missing:
        raise ImportRefused.because(FILE, wanting(absent, missing), remedy_for(header, columns))
    return {name: at[heading.casefold()] for name, heading in columns.items()}


def wanting(absent: list[str], missing: list[str]) -> str:
    """Return the rule that a mapping breaks."""
    if absent:
        return f"the header has no column {', '.join(f'“{heading[:60]}”' for heading in absent)}"
    return f"no column is known for {', '.join(missing)}"


def remedy_for(header: list[str], columns: Columns) -> str:
    """Return the headings there are, and a mapping to start from."""
    known = recognise(header)
    free = [heading for heading in header if heading and heading not in known.values()]
    example = {
        name: known.get(name) or (free.pop(0) if free else "COLUMN")
        for name in (*REQUIRED, *(name for name in columns if name not in REQUIRED))
    }
    headings = ", ".join(heading[:60] for heading in header[:60] if heading)
    pairs = ",".join(f"{name}={heading[:60]}" for name, heading in example.items())
    return f"Its columns are: {headings}. Say which is what, such as --map '{pairs}'."
