"""Addresses for machines that hand in messages."""

from django.urls import path

from songhe.edges.gateway import http

urlpatterns = [
    path("v1/signals", http.signed, name="ingest"),
    path("traccar/<slug:source>", http.forwarded, name="ingest.traccar"),
]
