"""The way to a SAML provider and back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.error import URLError

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml import views
from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from lxml.etree import LxmlError
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from ..views import leaving

#: What a provider that can't be reached, or talks nonsense, ends in.
TROUBLES = (OneLogin_Saml2_Error, URLError, TimeoutError, LxmlError, KeyError, ValueError)


def in_words(
    view: Callable[..., HttpResponse], request: HttpRequest, organization_slug: str
) -> HttpResponse:
    """Return a view's answer; what goes wrong with the provider is said in words."""
    app = get_app_or_404(request, organization_slug)
    try:
        return view(request, organization_slug=organization_slug)
    except TROUBLES as error:
        return render_authentication_error(request, app.get_provider(request), exception=error)


@never_cache
@login_not_required
def login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Go to the provider; by GET, ask first."""
    return leaving(request, in_words(views.login, request, organization_slug))


@csrf_exempt  # the provider's own page posts here; the answer is signed and counts once
@never_cache
@login_not_required
def come_back(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take the provider's answer along to a page that knows who asked."""
    get_app_or_404(request, organization_slug)
    if request.method != "POST" or "SAMLResponse" not in request.POST:
        raise Http404
    return views.acs(request, organization_slug=organization_slug)


@never_cache
@login_not_required
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Judge the answer, and sign in whoever it vouches for."""
    return in_words(views.finish_acs, request, organization_slug)


@login_not_required
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Return what the provider has to know of this site."""
    return in_words(described, request, organization_slug)


def described(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Describe this site in the provider's language; reads the provider's own description."""
    app = get_app_or_404(request, organization_slug)
    config = build_saml_config(request, app.settings, organization_slug)
    # Signing out there ends nothing here: an address for it would be open to anybody's word.
    del config["sp"]["singleLogoutService"]
    return HttpResponse(
        OneLogin_Saml2_Settings(settings=config, sp_validation_only=True).get_sp_metadata(),
        content_type="text/xml",
    )


def sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Lead nowhere: allauth wants the name, and nobody is signed out by a provider."""
    raise Http404
