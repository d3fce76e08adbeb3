"""Signing in by SAML 2.0. Loaded only where it is set up: it needs the extra `pdplanner[saml]`."""
