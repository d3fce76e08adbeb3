"""The way to a provider and back."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from requests import RequestException

from .providers import CleverAdapter, OpenIdAdapter

View = Callable[[HttpRequest], HttpResponse]


def at_provider(make: Callable[[HttpRequest], View], request: HttpRequest, name: str):
    """Return a view's answer; a provider that is not set up is no address, one that can't be
    reached or talks nonsense is said in words."""
    try:
        return make(request)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error, KeyError, TypeError, ValueError) as error:
        provider = get_adapter(request).get_provider(request, name)
        return render_authentication_error(request, provider, exception=error)


def leaving(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Lead to the provider by a page of our own instead of a redirect: browsers that hold forms to
    this site (form-action) would stop a redirect that answers one."""
    if answer.status_code == 302 and "://" in answer["Location"]:
        return render(request, "socialaccount/leaving.html", {"address": answer["Location"]})
    return answer


@never_cache
@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go to an OpenID Connect provider; by GET, ask first."""

    def make(request: HttpRequest) -> View:
        return OAuth2LoginView.adapter_view(OpenIdAdapter(request, provider_id))

    return leaving(request, at_provider(make, request, provider_id))


@never_cache
@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from an OpenID Connect provider."""

    def make(request: HttpRequest) -> View:
        return OAuth2CallbackView.adapter_view(OpenIdAdapter(request, provider_id))

    return at_provider(make, request, provider_id)


@never_cache
@login_not_required
def clever_login(request: HttpRequest) -> HttpResponse:
    """Go to Clever; by GET, ask first."""
    answer = at_provider(lambda _: OAuth2LoginView.adapter_view(CleverAdapter), request, "clever")
    return leaving(request, answer)


@never_cache
@login_not_required
def clever_callback(request: HttpRequest) -> HttpResponse:
    """Come back from Clever."""
    return at_provider(lambda _: OAuth2CallbackView.adapter_view(CleverAdapter), request, "clever")
