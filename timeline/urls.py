"""Addresses below /LL/: pages for readers."""

from django.urls import include, path

from timeline.syndication import api_docs, embed

from .pages import fixed_pages, permanent_links, views

app_name = "timeline"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/", include("timeline.syndication.urls")),
    *(path(f"{name}/", fixed_pages.fixed_page, {"name": name}, name=name) for name in fixed_pages.FIXED_PAGE_TITLES),
    path("api/", api_docs.api_manual, name="api"),
    path("e/<int:number>", permanent_links.redirect_localised_short_link),
    *(
        path(f"e/<int:number>.{form}", permanent_links.download_citation, {"form": form})
        for form in permanent_links.CITATION_FORMATS
    ),
    path("<slug:slug>/", views.situation, name="situation"),
    path("<slug:situation>/", include("timeline.syndication.urls")),
    path("<slug:situation>/embed/", embed.embed, name="embed"),
    path("<slug:situation>/updates/<slug:slug>/", views.update, name="update"),
    path("<slug:situation>/stories/<slug:slug>/", views.story, name="story"),
]
