"""Where allauth looks for the providers that an app brings along."""

from .sign_in.providers import CleverDoor, OpenIdDoor

provider_classes = [OpenIdDoor, CleverDoor]
