"""Addresses for telephone exchanges."""

from django.urls import path

from songhe.edges.telephony import door

urlpatterns = [path("v1/events", door.take, name="telephony")]
