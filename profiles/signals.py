"""What the parts above may listen to. Sent inside the transaction that caused it.

Each signal carries plain ids, in bulk: one signal for one import chunk, never one per row.
"""

from django.dispatch import Signal

#: tickets were recorded, corrected, hidden or sorted: teacher_ids (one for each ticket), count,
#: cause (a short word)
tickets_changed = Signal()

#: a teacher said whether tickets of theirs count for anything, or had them erased: teacher_id,
#: ticket_ids (None: all of theirs), counts. What was told out of them must not stand.
ticket_use_changed = Signal()

#: what a teacher told about themselves changed: teacher_ids, cause
profiles_changed = Signal()

#: skills, tools, roll-outs, terms or special days changed: everybody's plan may move; cause
surroundings_changed = Signal()
