"""What `pdplanner run` does first: fill an empty district, and say how to sign in."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from pdplanner.sample import sample_sign_ins
from profiles.models import District, User


class Command(BaseCommand):
    help = "Fill an empty district with the sample (SAMPLE=0: leave it empty); print the sign-ins."

    def handle(self, *args, **options) -> None:
        is_empty = not District.objects.exists() and not User.objects.exists()
        if is_empty and os.environ.get("SAMPLE", "1") != "0":
            self.stderr.write("Writing the sample district …")
            call_command("sample_district", stdout=self.stderr, stderr=self.stderr)
        lines = ["", f"pdplanner is at {settings.WAGTAILADMIN_BASE_URL}"]
        lines += self.sign_ins()
        lines += [f"Mail (sign-in codes, digests) is written to {settings.DATA / 'mail'}"]
        lines += ["Ctrl-C stops it.", ""]
        self.stdout.write("\n".join(lines))

    def sign_ins(self) -> list[str]:
        """Return a line for each way in, or how to make the first one."""
        if District.objects.filter(is_sample=True).exists():
            signs = sample_sign_ins()
            width = max(len(sign.email) for sign in signs)
            return [
                "Sign in as one of the sample district:",
                *(f"  {sign.role:<14} {sign.email:<{width}}  {sign.password}" for sign in signs),
            ]
        if User.objects.exists():
            return []
        return [
            "Nobody can sign in yet. Make the first coordinator:",
            "  .venv/bin/pdplanner add-person you@example.org --role coordinator",
        ]
