"""Streets of a region, where a network is stored for it."""

from __future__ import annotations

from songhe.core.kept import kept_streets
from songhe.core.reach.network import Network
from songhe.core.reach.paths import Ground
from songhe.core.reach.profile import Profile
from songhe.core.reach.straight import DETOUR, Straight


def network_of(region: int) -> Network | None:
    """The stored network for a region; None where there is none."""
    streets = kept_streets()
    return streets.network(region) if streets else None


def ground_of(region: int, profile: Profile, *, detour: float = DETOUR) -> Ground:
    """Streets where a network is stored for a region, else straight lines, which say that they are approximate."""
    streets = kept_streets()
    paths = streets.paths(region, profile) if streets else None
    return paths or Straight(profile, detour=detour)
