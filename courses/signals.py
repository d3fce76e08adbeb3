"""What the parts above may listen to. Sent inside the transaction that caused it; plain ids."""

from django.dispatch import Signal

#: a teacher enrolled, withdrew, was seated, attended or finished: teacher_ids, cause
enrolments_changed = Signal()

#: a session was published, changed or taken down, or its runs changed: course_ids, cause
catalogue_changed = Signal()

#: a requirement was set, changed or withdrawn: teacher_ids, cause
requirements_changed = Signal()

#: a completion was given, or is about to be taken back: completion, what ("given", "taken"), now
completion_changed = Signal()
