"""The desk, calls, calling back, complaints and the knowledge base on screen."""

from songhe.areas.hotline.screens import home
from songhe.areas.hotline.screens.asking import drawings, follow_ups
from songhe.areas.hotline.screens.calls import calls, nuisances, told
from songhe.areas.hotline.screens.complaints import complaints
from songhe.areas.hotline.screens.knowledge import articles

__all__ = ["articles", "calls", "complaints", "drawings", "follow_ups", "home", "nuisances", "told"]
