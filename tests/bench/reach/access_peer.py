"""PySAL access, in an environment of its own: answers to lines of JSON on its standard input."""

from __future__ import annotations

import json
import sys
import time
import warnings

import access
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
SCENE = dict(np.load(sys.argv[1]))


def run(save: str = "") -> float:
    """Enhanced two-step floating catchment areas."""
    cost = pd.DataFrame({"origin": SCENE["home"], "dest": SCENE["site"], "cost": SCENE["seconds"]})
    demand = pd.DataFrame({"home": np.arange(len(SCENE["people"])), "people": SCENE["people"]})
    supply = pd.DataFrame({"site": np.arange(len(SCENE["places"])), "places": SCENE["places"]})
    table = access.Access(
        demand_df=demand, demand_index="home", demand_value="people", supply_df=supply, supply_index="site",
        supply_value="places", cost_df=cost, cost_origin="origin", cost_dest="dest", cost_name="cost",
    )  # fmt: skip
    began = time.perf_counter()
    found = table.enhanced_two_stage_fca(
        name="e",
        cost="cost",
        max_cost=float(SCENE["limit"]),
        weight_fn=access.weights.gaussian(float(SCENE["sigma"])),
    )
    spent = time.perf_counter() - began
    if save:
        np.savez(save, home=found.index.to_numpy(), value=found.iloc[:, 0].to_numpy())
    return spent


for line in sys.stdin:
    asked = json.loads(line)
    asked.pop("verb")
    print("\n" + json.dumps({"seconds": run(**asked)}), flush=True)
