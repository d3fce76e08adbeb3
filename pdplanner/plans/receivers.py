"""Keeps plans true: hears what changed below and marks the plans it touches as owed."""
