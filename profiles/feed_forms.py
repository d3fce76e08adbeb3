"""Forms of the help desks that are read over the network."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from .models import TicketFeed
from .seals import Secret
from .tickets.feeds.desks import NO_SECRET, Keys, System, headers_of
from .tickets.feeds.line import WrongAddress, WrongToken, host_of
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
    app_token = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    queue = forms.CharField(max_length=200, required=False)

    def __init__(self, kind: str, system: System, feed: TicketFeed | None, *args, **kwargs):
        self.kind, self.system, self.feed = kind, system, feed
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
        has_token = feed is not None and bool(feed.sealed_token)
        self.name_secret("token", system.token_label, has_one=has_token)
        self.fields["token"].required = not has_token
        has_app_token = feed is not None and bool(feed.sealed_app_token)
        self.name_secret("app_token", system.app_token_label, has_one=has_app_token)
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

    def name_secret(self, name: str, label: str, *, has_one: bool) -> None:
        """Ask for a token by its name there, or don't where there is none such."""
        if not label:
            del self.fields[name]
            return
        keep = " Leave it empty to keep the one there is." if has_one else ""
        self.fields[name].label = label
        self.fields[name].help_text = f"Kept sealed and never shown again.{keep}"

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip().rstrip("/")
        try:
            host_of(address)
        except WrongAddress as wrong:
            raise ValidationError(str(wrong)) from None
        return address

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        entered = {
            "token": Keys(self.secret("token")),
            "app_token": Keys(NO_SECRET, app_token=self.secret("app_token")),
        }
        for name, keys in entered.items():
            try:
                headers_of(self.system, keys)
            except WrongToken as wrong:
                self.add_error(name, str(wrong))
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

    def secret(self, name: str) -> Secret:
        """Return the token that was entered under a name, an empty one for none."""
        return Secret(self.cleaned_data.get(name, "").strip())

    def tokens(self) -> dict[str, Secret | None]:
        """Return the tokens that were entered, None to keep the one there is."""
        return {name: self.secret(name) or None for name in ("token", "app_token")}
