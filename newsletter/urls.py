"""Addresses of the newsletter, below /LL/newsletter/. Confirming and leaving are steps behind a link in a mail."""

from django.urls import path

from newsletter.composition import archive
from newsletter.subscribers import views

app_name = "newsletter"

urlpatterns = [
    path("", views.sign_up, name="sign_up"),
    path("check-inbox/", views.check_inbox, name="check_inbox"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("archive/", archive.archive_list, name="archive"),
    path("archive/feed.atom", archive.archive_feed, name="archive_feed"),
    path("archive/<int:number>/", archive.archive_detail, name="edition"),
]
