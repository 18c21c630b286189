"""An area reaches another only through its `api` module."""

from collections.abc import Iterator

import grimp
import pytest

AREAS = "songhe.areas"


def owner(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if module.startswith(f"{AREAS}.") and len(parts) > 2 else None


def back_doors(graph: grimp.ImportGraph) -> Iterator[str]:
    for source in graph.find_descendants(AREAS):
        for target in graph.find_modules_directly_imported_by(source):
            other = owner(target)
            if other and owner(source) != other and target != f"{AREAS}.{other}.api":
                yield f"{source} -> {target}"


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("songhe", cache_dir=None)


def test_areas_meet_only_at_the_front_door(graph: grimp.ImportGraph) -> None:
    assert sorted(back_doors(graph)) == []


def test_a_back_door_would_be_noticed() -> None:
    planted = grimp.ImportGraph()
    for module in ("visits.actions", "registry.models", "registry.api", "visits"):
        planted.add_module(f"{AREAS}.{module}")
    planted.add_import(importer=f"{AREAS}.visits.actions", imported=f"{AREAS}.registry.models")
    planted.add_import(importer=f"{AREAS}.visits.actions", imported=f"{AREAS}.registry.api")
    planted.add_module(AREAS)
    assert sorted(back_doors(planted)) == [f"{AREAS}.visits.actions -> {AREAS}.registry.models"]
