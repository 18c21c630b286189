"""Maps drawn on the server as SVG: marks, lines and areas where they lie, with a list beside them; no script, no network.

``map_panel`` shows one on a record's page, ``{% include "kit/map.html" with map=… %}`` anywhere else.
"""
