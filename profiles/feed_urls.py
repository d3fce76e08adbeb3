"""Addresses of the help desks that are read over the network."""

from django.urls import path

from . import feed_views

urlpatterns = [
    path("help-desks/", feed_views.feeds, name="feeds"),
    path("help-desks/add/<str:system>/", feed_views.add, name="feed-add"),
    path("help-desks/<int:pk>/", feed_views.feed, name="feed"),
    path("help-desks/<int:pk>/change/", feed_views.change, name="feed-change"),
    path("help-desks/<int:pk>/try/", feed_views.trial, name="feed-try"),
    path("help-desks/<int:pk>/turn/", feed_views.turn, name="feed-turn"),
    path("help-desks/<int:pk>/again/", feed_views.again, name="feed-again"),
    path("help-desks/<int:pk>/key/", feed_views.hook_key, name="feed-key"),
    path("help-desks/<int:pk>/remove/", feed_views.remove, name="feed-remove"),
    path("help-desks/<int:pk>/call/", feed_views.hook, name="feed-call"),
]
