"""The addresses of the desk that stand outside the admin: for reviewers without an account."""

from django.urls import path

from . import views

urlpatterns = [
    path("review/file/<str:ticket>/", views.review_file, name="review_file"),
    path("review/<str:token>/", views.review, name="review"),
]
