"""`python -m courses.documents` says in a sentence what PDFs still need, or nothing."""

import sys

from .printing import PrintingUnavailable, load

try:
    load()
except PrintingUnavailable as missing:
    sys.stderr.write(f"{missing} Everything else works without it.\n")
