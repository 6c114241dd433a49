"""Addresses below /LL/: pages for readers."""

from django.urls import include, path

from . import views

app_name = "timeline"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/", include("timeline.list_urls")),
    *(path(f"{name}/", views.fixed, {"name": name}, name=name) for name in views.FIXED),
    path("<slug:slug>/", views.situation, name="situation"),
    path("<slug:situation>/", include("timeline.list_urls")),
    path("<slug:situation>/updates/<slug:slug>/", views.update, name="update"),
    path("<slug:situation>/stories/<slug:slug>/", views.story, name="story"),
]
