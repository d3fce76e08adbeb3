"""Forms of the help desks that are read over the network."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from .models import TicketFeed
from .seals import Secret
from .tickets.feeds.desks import System
from .tickets.feeds.line import WrongAddress, host_of
from .tickets.feeds.setting_up import Setting

FIELD_LABELS = {
    "category": "Field that holds the category",
    "subcategory": "Field that holds the subcategory",
    "kind": "Field that holds the kind of ticket",
    "minutes_lost": "Field that holds the minutes of teaching lost",
}


class FeedForm(forms.Form):
    """Where a help desk is, who we are there, and which of its fields are what."""

    name = forms.CharField(
        label="Name",
        max_length=50,
        help_text="What you call it. A name you used for its exported files goes on with those.",
    )
    address = forms.CharField(label="Address", max_length=300)
    account = forms.CharField(max_length=200, required=False)
    token = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    queue = forms.CharField(max_length=200, required=False)

    def __init__(self, kind: str, system: System, feed: TicketFeed | None, *args, **kwargs):
        self.kind, self.feed = kind, feed
        if feed is not None:
            kwargs["initial"] = {
                "name": feed.source.name,
                "address": feed.address,
                "account": feed.account,
                "queue": feed.queue,
                **{f"field_{name}": value for name, value in feed.fields.items()},
            }
        super().__init__(*args, **kwargs)
        self.fields["address"].help_text = f"Such as {system.address_hint}"
        self.fields["token"].label = system.token_label
        self.fields["token"].help_text = (
            "Kept sealed and never shown again. Leave it empty to keep the one there is."
            if feed is not None and feed.sealed_token
            else "Kept sealed and never shown again."
        )
        self.fields["token"].required = feed is None or not feed.sealed_token
        self.fields["queue"].label = system.queue_label
        self.fields["queue"].help_text = "Leave it empty for all that the token may read."
        if system.account_label:
            self.fields["account"].label = system.account_label
        else:
            del self.fields["account"]
        for name, usual in system.fields.items():
            self.fields[f"field_{name}"] = forms.CharField(
                label=FIELD_LABELS[name],
                max_length=100,
                required=False,
                help_text=f"Without an answer: {usual}" if usual else "",
            )

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip().rstrip("/")
        try:
            host_of(address)
        except WrongAddress as wrong:
            raise ValidationError(str(wrong)) from None
        return address

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        feed = self.feed
        has_moved = feed is not None and feed.address != cleaned.get("address", feed.address)
        if has_moved and not cleaned.get("token"):
            self.add_error("token", "The address is another one: enter the token for it.")
        return cleaned

    def setting(self) -> Setting:
        """Return what was said."""
        said = self.cleaned_data
        fields = {
            name.removeprefix("field_"): value.strip()
            for name, value in said.items()
            if name.startswith("field_") and value.strip()
        }
        return Setting(
            name=said["name"].strip(),
            kind=self.kind,
            address=said["address"],
            account=said.get("account", "").strip(),
            queue=said["queue"].strip(),
            fields=fields,
        )

    def new_token(self) -> Secret | None:
        """Return the token that was entered, None to keep the one there is."""
        text = self.cleaned_data["token"].strip()
        return Secret(text) if text else None
