"""PostgreSQL without an installation step: a small launcher around real PostgreSQL programs.

`DATABASE_URL` set: none of this runs. Otherwise `Cluster(home() / "postgres").ensure().url()` is the database.
Promises: no acknowledged row is lost to `kill -9`; a second start reuses what is there; nothing listens on the network;
every connection has a password; no folder that was there before is opened wider.
"""

from songhe.site.postgres.binaries import Binaries, distribution, find, for_server, wheel
from songhe.site.postgres.cluster import Cluster
from songhe.site.postgres.folders import home
from songhe.site.postgres.temporary import Temporary, temporary

__all__ = [
    "Binaries",
    "Cluster",
    "Temporary",
    "distribution",
    "find",
    "for_server",
    "home",
    "temporary",
    "wheel",
]
