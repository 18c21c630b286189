"""Backups: one folder with the database and a manifest; never the key file.

A restore first proves that the folder is whole and that the keys at hand open it, and then puts it in place in one
transaction: either everything is there, or what was there before still is.
"""

from songhe.site.backups.manifest import Manifest
from songhe.site.backups.restore import restore
from songhe.site.backups.save import save

__all__ = ["Manifest", "restore", "save"]
