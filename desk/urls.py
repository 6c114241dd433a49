"""The addresses of the desk that stand outside the admin: for reviewers without an account."""

from django.urls import path

from . import guests

urlpatterns = [
    path("review/file/<str:ticket>/", guests.file, name="review_file"),
    path("review/<str:token>/", guests.review, name="review"),
]
