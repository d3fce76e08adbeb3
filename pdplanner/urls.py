"""Every address of the site. An address without a row in tests/permissions fails the suite."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls


def admin_door(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page; refuse whoever is signed in and was sent here all the same."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))


urlpatterns = [
    path("accounts/", include("profiles.account_urls")),
    # Wagtail's own sign-in page stays shut: it knows neither codes nor limits.
    path("admin/login/", admin_door),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path(
        "media/images/<path:path>",
        login_required(serve),
        {"document_root": settings.MEDIA_ROOT / "images"},
    ),
    path("", include("pdplanner.insights.urls")),
    path("", include("pdplanner.plans.urls")),
    path("", include("courses.urls")),
    path("", include("profiles.urls")),
    path("look-book/", include(wagtail_urls)),
]
