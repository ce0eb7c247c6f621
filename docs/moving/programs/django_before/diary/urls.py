from django.contrib.auth.views import LoginView
from django.urls import path

from . import views

urlpatterns = [
    path("", views.diary, name="diary"),
    path("all", views.all_notes),
    path("login", LoginView.as_view(template_name="diary.html"), name="login"),
]
