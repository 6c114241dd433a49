"""The addresses of the public side that belong to no language."""

from django.urls import include, path

from timeline.pages import permanent, views
from timeline.serving import health, media
from timeline.sharing import cards
from timeline.syndication import api_docs, robots, sitemaps

urlpatterns = [
    path("", robots.to_language),
    path("media/<str:name>", media.media, name="media"),
    path("robots.txt", robots.robots),
    path(".well-known/security.txt", robots.security),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap_file),
    path("api/", api_docs.to_manual),
    path("api/v1/", include("timeline.syndication.api")),
    path("e/<int:number>", permanent.short, name="short"),
    path("share/<int:number>-<str:language>.png", cards.card, name="card"),
    path("colours-<int:number>.css", views.colours, name="colours"),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
