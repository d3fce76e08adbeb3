"""The embedded mode with one address more: an empty page to measure others against."""

from pdplanner.settings.embedded import *

ROOT_URLCONF = "benchmarks.page_urls"
