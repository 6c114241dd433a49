"""The addresses of the public side that belong to no language."""

from django.urls import include, path

from timeline.serving import health, media
from timeline.sharing import cards

from .pages import permanent_links, views
from .syndication import api_docs, sitemaps, well_known

urlpatterns = [
    path("", views.redirect_to_language),
    path("media/<str:name>", media.serve_media, name="media"),
    path("robots.txt", well_known.robots_txt),
    path(".well-known/security.txt", well_known.security_txt),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap_file),
    path("api/", api_docs.redirect_to_manual),
    path("api/v1/", include("timeline.syndication.api")),
    path("e/<int:number>", permanent_links.redirect_short_link, name="short"),
    path("share/<int:number>-<str:language>.png", cards.serve_card, name="card"),
    path("colours-<int:number>.css", views.colour_stylesheet, name="colours"),
    path("healthz", health.liveness),
    path("readyz", health.readiness),
]
