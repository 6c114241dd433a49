"""The addresses of the public side that belong to no language."""

from django.urls import include, path

from . import api_manual, cards, health, media, permanent, robots, sitemaps, views

urlpatterns = [
    path("", robots.to_language),
    path("media/<str:name>", media.media, name="media"),
    path("robots.txt", robots.robots),
    path(".well-known/security.txt", robots.security),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap_file),
    path("api/", api_manual.to_manual),
    path("api/v1/", include("timeline.api")),
    path("e/<int:number>", permanent.short, name="short"),
    path("share/<int:number>-<str:language>.png", cards.card, name="card"),
    path("colours-<int:number>.css", views.colours, name="colours"),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
