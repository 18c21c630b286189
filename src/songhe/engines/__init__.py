"""The same ideas with tables; each is a Django app."""
