"""The door of ``access``: the names others use."""

from songhe.engines.access.actor import SYSTEM, Actor
from songhe.engines.access.asked import asked
from songhe.engines.access.bulk import Statement, insert_many, insert_new, insertion, update_many
from songhe.engines.access.lines import KIN, KinLines, Lines
from songhe.engines.access.models import Grant, Tie, User
from songhe.engines.access.prepared import rows_of
from songhe.engines.access.rls import append_only, secure
from songhe.engines.access.roles import Relation, Role, role, roles
from songhe.engines.access.scope import Scope, current, elevated, entered
from songhe.engines.access.scoped import Scoped
from songhe.engines.access.ties import tie, untie

__all__ = [
    "KIN",
    "SYSTEM",
    "Actor",
    "Grant",
    "KinLines",
    "Lines",
    "Relation",
    "Role",
    "Scope",
    "Scoped",
    "Statement",
    "Tie",
    "User",
    "append_only",
    "asked",
    "current",
    "elevated",
    "entered",
    "insert_many",
    "insert_new",
    "insertion",
    "role",
    "roles",
    "rows_of",
    "secure",
    "tie",
    "untie",
    "update_many",
]
