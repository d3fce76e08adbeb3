"""Help desks that are read over the network: where, how far, and how it went."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ..seals import Secret, seal, unseal


class TicketFeed(models.Model):
    """One help desk that is asked for its tickets. `place` is where a killed sync goes on."""

    class Kind(models.TextChoices):
        RT = "rt", "Request Tracker 5"
        ZENDESK = "zendesk", "Zendesk"
        FRESHDESK = "freshdesk", "Freshdesk"
        ZAMMAD = "zammad", "Zammad"
        INCIDENT_IQ = "incident-iq", "Incident IQ"
        SERVICENOW = "servicenow", "ServiceNow"
        JIRA = "jira", "Jira Service Management"
        GLPI = "glpi", "GLPI"

    source = models.OneToOneField(
        "profiles.TicketSource", on_delete=models.CASCADE, related_name="feed"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.CharField(max_length=300)
    account = models.CharField(max_length=200, blank=True)  # asked for beside some tokens
    sealed_token = models.TextField(blank=True)  # "": comes from the environment
    sealed_app_token = models.TextField(blank=True)  # of the application, beside the user's
    sealed_hook_key = models.TextField(blank=True)  # signs what the help desk calls out to us
    queue = models.CharField(max_length=200, blank=True)  # "": all that the token may read
    fields = models.JSONField(default=dict, blank=True)  # our name -> theirs
    is_on = models.BooleanField(default=False)
    set_up_at = models.DateTimeField(default=timezone.now)

    place = models.JSONField(default=dict, blank=True)  # after the last page that was written
    checked_to = models.BigIntegerField(default=0)  # last ticket asked for whether it is there
    #: Since reading began at the beginning: tickets left out as nobody on the roster asked them,
    #: and how far the roster went then. Who has joined since may have asked some of them.
    passed_over = models.PositiveBigIntegerField(default=0)
    roster_then = models.JSONField(default=dict, blank=True)
    turn = models.PositiveBigIntegerField(default=0)  # one more for each process that goes on
    claimed_until = models.DateTimeField(null=True, blank=True)
    not_before_at = models.DateTimeField(null=True, blank=True)  # asked to wait, or failed
    failures = models.PositiveIntegerField(default=0)  # in a row
    good_at = models.DateTimeField(null=True, blank=True)  # the end of the last whole pass

    class Meta:
        ordering = ["source__name"]

    def __str__(self) -> str:
        return f"{self.source} ({self.get_kind_display()})"

    @property
    def token(self) -> Secret:
        """The token, sealed until it is sent. Raises SealBroken."""
        return unseal(self.sealed_token)

    @token.setter
    def token(self, secret: Secret) -> None:
        self.sealed_token = seal(secret)

    @property
    def app_token(self) -> Secret:
        """The application's token, sealed until it is sent. Raises SealBroken."""
        return unseal(self.sealed_app_token)

    @app_token.setter
    def app_token(self, secret: Secret) -> None:
        self.sealed_app_token = seal(secret)

    @property
    def hook_key(self) -> Secret:
        """What calls of the help desk are signed with. Raises SealBroken."""
        return unseal(self.sealed_hook_key)

    @hook_key.setter
    def hook_key(self, secret: Secret) -> None:
        self.sealed_hook_key = seal(secret)


class FeedRun(models.Model):
    """One pass over a help desk, from the mark of the one before to the newest ticket."""

    feed = models.ForeignKey(TicketFeed, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=300, blank=True)  # what stopped it last; never a text

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed"],
                condition=models.Q(finished_at=None),
                name="one_open_run_a_feed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.started_at:%Y-%m-%d %H:%M}"


class FeedCall(models.Model):
    """A call of the help desk: read this ticket again. Kept a while, so that none counts twice."""

    feed = models.ForeignKey(TicketFeed, on_delete=models.CASCADE, related_name="calls")
    external_id = models.CharField(max_length=100)
    signature = models.CharField(max_length=64, unique=True)
    called_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["called_at", "id"]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.external_id}"


class TicketTombstone(models.Model):
    """A ticket that the help desk deleted or merged: nothing of it is kept but its number."""

    source = models.ForeignKey(
        "profiles.TicketSource", on_delete=models.CASCADE, related_name="tombstones"
    )
    external_id = models.CharField(max_length=100)
    gone_at = models.DateTimeField()

    class Meta:
        ordering = ["-gone_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="tombstone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
