"""Addresses below /LL/: pages for readers."""

from django.urls import include, path

from timeline.pages import fixed, permanent, views
from timeline.syndication import api_docs, embed

app_name = "timeline"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/", include("timeline.syndication.urls")),
    *(path(f"{name}/", fixed.fixed, {"name": name}, name=name) for name in fixed.TITLES),
    path("api/", api_docs.manual, name="api"),
    path("e/<int:number>", permanent.short_in_language),
    *(path(f"e/<int:number>.{form}", permanent.reference, {"form": form}) for form in permanent.REFERENCES),
    path("<slug:slug>/", views.situation, name="situation"),
    path("<slug:situation>/", include("timeline.syndication.urls")),
    path("<slug:situation>/embed/", embed.embed, name="embed"),
    path("<slug:situation>/updates/<slug:slug>/", views.update, name="update"),
    path("<slug:situation>/stories/<slug:slug>/", views.story, name="story"),
]
