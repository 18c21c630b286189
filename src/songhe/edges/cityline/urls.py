"""Addresses for the city's 12345 platform."""

from django.urls import path

from songhe.edges.cityline import door

urlpatterns = [path("v1/messages", door.take, name="cityline")]
