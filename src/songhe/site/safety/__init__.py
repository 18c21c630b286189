"""What makes an installation unsafe to serve, each fault with a name and a remedy.

`in_settings` looks at the configuration, `in_database` at the server and the role we connect as, `in_tables` at
row-level security and migrations. `songhe check` prints them; `songhe serve` will not start over them.
"""

from songhe.site.safety.database import in_database
from songhe.site.safety.fault import Fault
from songhe.site.safety.settings import in_settings
from songhe.site.safety.tables import in_tables

__all__ = ["Fault", "in_database", "in_settings", "in_tables"]
