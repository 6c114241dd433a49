"""Addresses below /LL/: pages for readers."""

from django.urls import include, path

from . import api_manual, embed, fixed_pages, permanent, views

app_name = "timeline"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/", include("timeline.list_urls")),
    *(path(f"{name}/", fixed_pages.fixed, {"name": name}, name=name) for name in fixed_pages.TITLES),
    path("api/", api_manual.manual, name="api"),
    path("e/<int:number>", permanent.short_in_language),
    *(path(f"e/<int:number>.{form}", permanent.reference, {"form": form}) for form in permanent.REFERENCES),
    path("<slug:slug>/", views.situation, name="situation"),
    path("<slug:situation>/", include("timeline.list_urls")),
    path("<slug:situation>/embed/", embed.embed, name="embed"),
    path("<slug:situation>/updates/<slug:slug>/", views.update, name="update"),
    path("<slug:situation>/stories/<slug:slug>/", views.story, name="story"),
]
