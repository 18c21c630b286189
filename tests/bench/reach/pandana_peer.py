"""Pandana (AGPL), in an environment of its own: answers to lines of JSON on its standard input."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pandana
import pandas as pd

SCENE = dict(np.load(sys.argv[1]))
LIMIT = float(SCENE["limit"])


class Peer:
    """One network."""

    def build(self, **_rest: Any) -> None:
        """Prepare the network, as it has to be prepared once."""
        self.net = pandana.Network(
            pd.Series(SCENE["x"]), pd.Series(SCENE["y"]), pd.Series(SCENE["tail"]), pd.Series(SCENE["head"]),
            pd.DataFrame({"metres": SCENE["metres"]}),
        )  # fmt: skip
        self.net.precompute(LIMIT)

    def nearest(self, site: Any, far: float, save: str = "") -> None:
        """The nearest facility of every node."""
        self.net.set_pois("x", far, 1, pd.Series(SCENE["x"][site]), pd.Series(SCENE["y"][site]))
        found = self.net.nearest_pois(far, "x", num_pois=1)
        if save:
            np.save(save, found[1].to_numpy())

    def snap(self) -> None:
        """The node of every elder."""
        self.node = self.net.get_node_ids(pd.Series(SCENE["home_x"]), pd.Series(SCENE["home_y"])).to_numpy()

    def counts(self, site: Any, save: str = "") -> None:
        """How many facilities every node has within the limit."""
        self.net.set(pd.Series(SCENE["node"][site]), variable=pd.Series(np.ones(len(site))), name="x")
        found = self.net.aggregate(LIMIT, type="sum", decay="flat", name="x")
        if save:
            np.save(save, found.to_numpy())

    def pairs(self, save: str = "") -> None:
        """Every facility and node within the limit."""
        found = self.net.nodes_in_range(list(SCENE["node"]), LIMIT)
        if save:
            found.to_pickle(save)
            np.savez(save, **{name: found[name].to_numpy() for name in found.columns})

    def circle(self, far: float) -> None:
        """Everything; the nearest facility is looked for as far as this."""
        self.build()
        self.snap()
        for one in SCENE["kind"]:
            self.nearest(SCENE["node"][one], far)
            self.counts(np.flatnonzero(one))
        self.pairs()


PEER = Peer()
for line in sys.stdin:
    asked = json.loads(line)
    verb = asked.pop("verb")
    if verb == "nearest":
        asked["site"] = SCENE["node"]
    if verb == "counts":
        asked["site"] = np.arange(len(SCENE["node"]))
    began = time.perf_counter()
    getattr(PEER, verb)(**asked)
    print("\n" + json.dumps({"seconds": time.perf_counter() - began}), flush=True)
