"""Licence cycles: kept by the teacher alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from ..models import LicenceCycle, LicenceNeed


@transaction.atomic
def store_licence(*, cycle: LicenceCycle, amounts: Mapping[int, Decimal]) -> LicenceCycle:
    """Return the cycle stored with what it asks for: amounts by credit type id, and no other."""
    cycle.save()
    cycle.needs.exclude(credit_type__in=amounts).delete()
    for type_id, amount in amounts.items():
        LicenceNeed.objects.update_or_create(
            cycle=cycle, credit_type_id=type_id, defaults={"amount": amount}
        )
    return cycle
