"""The sample district: schools, people, tickets and sessions, written by us, made from a seed."""

from .sign_ins import SignIn, sample_sign_ins

__all__ = ["SignIn", "sample_sign_ins"]
