"""Street networks out of files: OpenStreetMap (``.osm.pbf``), tables of streets (``.csv``), GeoPackage (``.gpkg``).

The frame of the coordinates must be said: nothing in these files says it reliably, and a wrong one shifts everybody by half a
kilometre. What cannot be used in a file is named with its place; the rest is read.
"""

from songhe.edges.networks.read import KINDS_OF_FILE, read, read_base

__all__ = ["KINDS_OF_FILE", "read", "read_base"]
