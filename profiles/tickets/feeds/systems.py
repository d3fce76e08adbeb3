"""Every kind of help desk that can be read, by name."""

from __future__ import annotations

from ...models import TicketFeed
from . import freshdesk, glpi, incident_iq, jira, rt, servicenow, zammad, zendesk
from .desks import System

Kind = TicketFeed.Kind
SYSTEMS: dict[str, System] = {
    Kind.RT: rt.SYSTEM,
    Kind.ZENDESK: zendesk.SYSTEM,
    Kind.FRESHDESK: freshdesk.SYSTEM,
    Kind.ZAMMAD: zammad.SYSTEM,
    Kind.INCIDENT_IQ: incident_iq.SYSTEM,
    Kind.SERVICENOW: servicenow.SYSTEM,
    Kind.JIRA: jira.SYSTEM,
    Kind.GLPI: glpi.SYSTEM,
}
