"""The shapes: how each kind of help desk says its tickets, as recorded from the real ones."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .engine import HeldTicket, Question, Reply, Server

TOKEN, ACCOUNT = "t0ken-of-the-tests", "agent@example.org"
ZONE = ZoneInfo("America/New_York")  # the district's, in which GLPI tells its times
NEVER = "1970-01-01T00:00:00Z"


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def basic(account: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{account}:{password}".encode()).decode()


def page_of(server: Server, found: list, question: Question, *, number: str, size: str) -> list:
    """Return a counted page, never longer than the server allows."""
    wanted = min(int(question.params.get(size, "30")), server.largest_page)
    first = (int(question.params.get(number, "1")) - 1) * wanted
    return found[first : first + wanted]


def found_in(pattern: str, text: str) -> str:
    """Return the first group of a pattern that has to be there."""
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def since(server: Server, moment: str) -> list[HeldTicket]:
    """Return the tickets changed since then, oldest first."""
    begin = datetime.fromisoformat(moment)
    return [ticket for ticket in server.listed() if ticket.updated_at >= begin]


class Shape:
    authorization = ""

    def is_let_in(self, question: Question) -> bool:
        return question.headers.get("authorization") == self.authorization

    def one(self, server: Server, number: str, status: int = 404) -> Reply:
        """Return one ticket, or that there is none."""
        held = server.tickets.get(int(number)) if number.isdecimal() else None
        if held is None or not held.is_listed:
            return status, {"error": "not found"}, {}
        return 200, server.said(held), {}


class RtShape(Shape):
    authorization = f"token {TOKEN}"

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        return {
            "id": str(held.number),
            "type": "ticket",
            "Subject": held.subject,
            "Status": "resolved" if held.state == "solved" else "open",
            "Created": iso(held.opened_at),
            "Started": NEVER,
            "LastUpdated": iso(held.updated_at),
            "Resolved": iso(held.solved_at) or NEVER,
            "Requestor": [{"id": held.requester, "EmailAddress": held.requester}],
            "Creator": {"id": held.writer, "EmailAddress": held.writer},
            "Queue": {"id": "1", "Name": "Help"},
            "CustomFields": [{"id": "1", "name": "Category", "values": [held.category]}],
        }

    def reply(self, server: Server, question: Question) -> Reply:
        if match := re.fullmatch(r"/REST/2\.0/ticket/(\d+)/attachments", question.path):
            held = server.tickets[int(match[1])]
            part = {"ContentType": "text/plain", "Content": held.body}
            return 200, {"items": [part], "total": None}, {}
        found = self.select(server, question.params["query"])
        page = page_of(server, found, question, number="page", size="per_page")
        return 200, {"count": len(page), "items": [server.said(held) for held in page]}, {}

    def select(self, server: Server, query: str) -> list[HeldTicket]:
        if ids := re.findall(r"\bid = (\d+)", query):
            held = (server.tickets.get(int(number)) for number in ids)
            return [ticket for ticket in held if ticket is not None and ticket.is_listed]
        begin = datetime.fromisoformat(found_in(r"LastUpdated\.DateTime >=? '([^']+)'", query))
        begin = begin.replace(tzinfo=UTC)
        after = re.search(r"id > (\d+)", query)
        return [
            ticket
            for ticket in server.listed()
            if (
                (ticket.updated_at, ticket.number) > (begin, int(after[1]))
                if after
                else ticket.updated_at >= begin
            )
        ]


class ZendeskShape(Shape):
    authorization = basic(f"{ACCOUNT}/token", TOKEN)

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        states = {"open": "open", "solved": "solved"}
        return {
            "id": held.number,
            "status": states.get(held.state, "deleted"),
            "subject": held.subject,
            "description": held.body,
            "created_at": iso(held.opened_at),
            "updated_at": iso(held.updated_at),
            "requester_id": f"u-{held.requester}",
            "submitter_id": f"u-{held.writer}",
            "custom_fields": [{"id": 360, "value": held.category}, {"id": 361, "value": None}],
            "tags": ["east"],
        }

    def reply(self, server: Server, question: Question) -> Reply:
        if match := re.fullmatch(r"/api/v2/tickets/(\d+)\.json", question.path):
            status, ticket, headers = self.one(server, match[1])
            held = [server.tickets[int(match[1])]] if status == 200 else []
            return status, {"ticket": ticket} | self.beside(held), headers
        after = base64.b64decode(question.params.get("cursor", "") or "MHww").decode()
        moment, number = after.split("|")
        ordered = sorted(server.tickets.values(), key=lambda t: (t.updated_at, t.number))
        key = (float(moment), int(number))
        found = [t for t in ordered if (t.updated_at.timestamp(), t.number) > key]
        page = found[: min(int(question.params["per_page"]), server.largest_page)]
        if page:
            key = (page[-1].updated_at.timestamp(), page[-1].number)
        cursor = base64.b64encode(f"{key[0]}|{key[1]}".encode()).decode()
        answer = {
            "tickets": [server.said(held) for held in page],
            "after_cursor": cursor,
            "after_url": f"https://elsewhere.example.net/{cursor}",  # never followed
            "end_of_stream": len(page) == len(found),
        }
        return 200, answer | self.beside(page), {}

    def beside(self, page: list[HeldTicket]) -> dict[str, Any]:
        people = {address for held in page for address in (held.requester, held.writer)}
        metrics = [
            {
                "ticket_id": held.number,
                "solved_at": iso(held.solved_at),
                "reopens": held.reopens,
                "reply_time_in_minutes": {"calendar": 12, "business": 5},
            }
            for held in page
        ]
        users = [{"id": f"u-{address}", "email": address} for address in sorted(people)]
        return {"users": users, "metric_sets": metrics, "groups": []}


class FreshdeskShape(Shape):
    authorization = basic(TOKEN, "X")

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        return {
            "id": held.number,
            "subject": held.subject,
            "description_text": held.body,
            "status": 4 if held.state == "solved" else 2,
            "type": held.category or None,
            "created_at": iso(held.opened_at),
            "updated_at": iso(held.updated_at),
            "requester": {"id": 1, "email": held.requester},
            "stats": {
                "resolved_at": iso(held.solved_at),
                "reopened_at": iso(held.updated_at) if held.reopens else None,
            },
            "custom_fields": {"cf_minutes_lost": None},
        }

    def reply(self, server: Server, question: Question) -> Reply:
        if match := re.fullmatch(r"/api/v2/tickets/(\d+)", question.path):
            return self.one(server, match[1])
        assert question.params["order_by"] == "updated_at"
        found = since(server, question.params["updated_since"])
        page = page_of(server, found, question, number="page", size="per_page")
        number, size = int(question.params["page"]), min(100, server.largest_page)
        more = {"Link": '<https://elsewhere.example.net/>; rel="next"'}
        has_more = number * size < len(found)
        return 200, [server.said(held) for held in page], more if has_more else {}


class ZammadShape(Shape):
    authorization = f"Token token={TOKEN}"

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        states = {"open": "open", "solved": "closed", "merged": "merged"}
        return {
            "id": held.number,
            "number": f"9{held.number}",
            "title": held.subject,
            "group": held.category or "Users",
            "state": states.get(held.state, "removed"),
            "customer": held.requester,
            "created_by": held.writer,
            "created_at": held.opened_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updated_at": held.updated_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "close_at": iso(held.solved_at),
        }

    def reply(self, server: Server, question: Question) -> Reply:
        if match := re.fullmatch(r"/api/v1/tickets/(\d+)", question.path):
            return self.one(server, match[1])
        if match := re.fullmatch(r"/api/v1/ticket_articles/by_ticket/(\d+)", question.path):
            return 200, [{"body": f"<p>{server.tickets[int(match[1])].body}</p>"}], {}
        query = question.params["query"]
        if moment := re.search(r'updated_at:\["([^"]+)"', query):
            begin = datetime.fromisoformat(moment[1])
            found = [
                held
                for held in sorted(server.tickets.values(), key=lambda t: (t.updated_at, t.number))
                if held.state != "deleted" and held.updated_at >= begin
            ]
        else:
            ids = re.findall(r"\d+", query)
            found = [t for t in server.listed() if str(t.number) in ids]
        page = page_of(server, found, question, number="page", size="per_page")
        return 200, [server.said(held) for held in page], {}


class IncidentIqShape(Shape):
    authorization = f"Bearer {TOKEN}"
    heeds_order = True

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        return {
            "TicketId": str(held.number),
            "Subject": held.subject,
            "IssueDescription": held.body,
            "CreatedDate": iso(held.opened_at),
            "ModifiedDate": iso(held.updated_at),
            "ClosedDate": iso(held.solved_at),
            "IsClosed": held.state == "solved",
            "IsDeleted": not held.is_listed,
            "For": {"Name": "somebody"},
            "ForId": f"p-{held.requester}",
            "Owner": {"Name": "another", "Email": held.writer},
            "OwnerId": f"p-{held.writer}",
            "Issue": {"Name": held.category},
            "Location": {"Name": "East"},
        }

    def reply(self, server: Server, question: Question) -> Reply:
        assert question.headers["client"] == "WebBrowser"
        if match := re.fullmatch(r"/api/v1\.0/users/p-(.+)", question.path.replace("%40", "@")):
            return 200, {"Item": {"Email": match[1]}}, {}
        if match := re.fullmatch(r"/api/v1\.0/tickets/(\d+)", question.path):
            status, ticket, headers = self.one(server, match[1])
            return status, {"Item": ticket}, headers
        assert question.method == "POST"
        found = sorted(server.tickets.values(), key=lambda t: t.updated_at, reverse=True)
        if not self.heeds_order:
            found = sorted(found, key=lambda t: t.number)
        size = min(int(question.params["$s"]), server.largest_page)
        number = int(question.params["$p"])
        page = found[number * size : (number + 1) * size]
        paging = {"PageCount": -(-len(found) // size), "PageSize": size}
        return 200, {"Items": [server.said(held) for held in page], "Paging": paging}, {}


class ServiceNowShape(Shape):
    authorization = basic(ACCOUNT, TOKEN)

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        def naive(at: datetime | None) -> str:
            return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

        return {
            "sys_id": f"{held.number:032x}",
            "number": f"INC{held.number:07d}",
            "short_description": held.subject,
            "description": held.body,
            "state": "6" if held.state == "solved" else "2",
            "opened_at": naive(held.opened_at),
            "sys_created_on": naive(held.opened_at),
            "sys_updated_on": naive(held.updated_at),
            "resolved_at": naive(held.solved_at),
            "reopen_count": str(held.reopens),
            "category": held.category,
            "subcategory": "",
            "caller_id.email": held.requester,
            "opened_by.email": held.writer,
        }

    def reply(self, server: Server, question: Question) -> Reply:
        query = question.params["sysparm_query"]
        limit = min(int(question.params["sysparm_limit"]), server.largest_page)
        found = [held for held in server.listed() if self.is_meant(held, query)]
        return 200, {"result": [server.said(held) for held in found[:limit]]}, {}

    def is_meant(self, held: HeldTicket, query: str) -> bool:
        key = f"{held.number:032x}"
        if query.startswith("sys_idIN"):
            return key in query
        if match := re.match(r"(?:sys_id|number)=(\w+)", query):
            return match[1] in (key, f"INC{held.number:07d}")
        moment, last = re.match(
            r"sys_updated_on>=?([\d: -]+)(?:\^NQsys_updated_on=[\d: -]+\^sys_id>(\w+))?", query
        ).groups()
        begin = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        if last is None:
            return held.updated_at >= begin
        return (held.updated_at, key) > (begin, last)


class JiraShape(Shape):
    authorization = basic(ACCOUNT, TOKEN)
    now = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)  # the clock of whoever asks in the tests

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        def local(at: datetime | None) -> str | None:
            zone = ZoneInfo("Asia/Kolkata")
            return None if at is None else at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S.000%z")

        words = {"type": "paragraph", "content": [{"type": "text", "text": held.body}]}
        is_done = held.state == "solved"
        return {
            "id": str(held.number),
            "key": f"{server.moved.get(held.number, 'HELP')}-{held.number}",
            "fields": {
                "summary": held.subject,
                "description": {"type": "doc", "version": 1, "content": [words]},
                "status": {
                    "name": "Reopened" if held.reopens else "Open",
                    "statusCategory": {"key": "done" if is_done else "indeterminate"},
                },
                "created": local(held.opened_at),
                "updated": local(held.updated_at),
                "resolutiondate": local(held.solved_at),
                "reporter": {"accountId": "5b10", "emailAddress": held.requester},
                "creator": {"accountId": "5b11", "emailAddress": held.writer},
                "components": [{"name": held.category}] if held.category else [],
                "issuetype": {"name": "Help"},
            },
        }

    def reply(self, server: Server, question: Question) -> Reply:
        if match := re.fullmatch(r"/rest/api/3/issue/[A-Z]+-(\d+)", question.path):
            return self.one(server, match[1])
        back = int(found_in(r"updated >= -(\d+)m", question.params["jql"]))
        begin = self.now - timedelta(minutes=back)
        found = [held for held in server.listed() if held.updated_at >= begin]
        if token := question.params.get("nextPageToken"):
            moment, number = token.split("_")
            key = (float(moment), int(number))
            found = [t for t in found if (t.updated_at.timestamp(), t.number) > key]
        page = found[: min(int(question.params["maxResults"]), server.largest_page)]
        answer: dict[str, Any] = {"issues": [server.said(held) for held in page]}
        if len(page) < len(found):
            answer["nextPageToken"] = f"{page[-1].updated_at.timestamp()}_{page[-1].number}"
            return 200, answer | {"isLast": False}, {}
        return 200, answer | {"isLast": True}, {}


class GlpiShape(Shape):
    def is_let_in(self, question: Question) -> bool:
        if question.path.endswith("/initSession"):
            return question.headers.get("authorization") == f"user_token {TOKEN}"
        return question.headers.get("session-token") == "s-1"

    def ticket(self, server: Server, held: HeldTicket) -> Any:
        def local(at: datetime | None) -> str | None:
            return None if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")

        return {
            "id": held.number,
            "name": held.subject,
            "content": f"&lt;p&gt;{held.body}&lt;/p&gt;",
            "date": local(held.opened_at),
            "date_mod": local(held.updated_at),
            "solvedate": local(held.solved_at),
            "closedate": None,
            "status": 5 if held.state == "solved" else 2,
            "type": 1,
            "itilcategories_id": held.category or 0,
            "entities_id": "Root",
            "users_id_recipient": held.writer,
            "is_deleted": 0,
        }

    def reply(self, server: Server, question: Question) -> Reply:
        path = question.path.removeprefix("/apirest.php")
        if path == "/initSession":
            return 200, {"session_token": "s-1"}, {}
        if match := re.fullmatch(r"/User/(.+)/UserEmail", path.replace("%40", "@")):
            return 200, [{"email": match[1], "is_default": 1}], {}
        if match := re.fullmatch(r"/Ticket/(\d+)/Ticket_User", path):
            held = server.tickets[int(match[1])]
            writer = {"type": 2, "users_id": held.writer}
            return 200, [writer, {"type": 1, "users_id": held.requester}], {}
        if match := re.fullmatch(r"/Ticket/(\d+)", path):
            return self.one(server, match[1])
        begin = datetime.fromisoformat(question.params["criteria[0][value]"]).replace(tzinfo=ZONE)
        found = [held for held in server.listed() if held.updated_at > begin]
        first, last = map(int, question.params["range"].split("-"))
        page = found[first : min(last + 1, first + server.largest_page)]
        data = [{"2": held.number, "19": self.ticket(server, held)["date_mod"]} for held in page]
        if not data:
            return 200, {"totalcount": len(found), "count": 0}, {}
        return 206, {"totalcount": len(found), "count": len(data), "data": data}, {}


SHAPES: dict[str, type[Shape]] = {
    "rt": RtShape,
    "zendesk": ZendeskShape,
    "freshdesk": FreshdeskShape,
    "zammad": ZammadShape,
    "incident-iq": IncidentIqShape,
    "servicenow": ServiceNowShape,
    "jira": JiraShape,
    "glpi": GlpiShape,
}
