"""OR-Tools' routing model of an instance, warm-started, in a process of its own: `python ortools_model.py FILE SECONDS`.

FILE is JSON: distances, tasks (place, duration, window, who may, mate with its gap), and a first plan as lists of tasks. The
model is task by task as ours, with soft upper bounds for lateness, the halves of a double visit tied by constraints on their
starts, and guided local search. It knows no worst lateness; that is added to its cost afterwards, as it has to be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # type: ignore[import-not-found]

SCALE = 1000
HORIZON = 4000 * SCALE


def solve(data: dict[str, Any], seconds: float) -> list[list[tuple[int, int]]] | None:
    """Tours of (task, start); None if nothing was found."""
    tasks, workers = data["tasks"], data["workers"]
    manager = pywrapcp.RoutingIndexManager(len(tasks) + 1, workers, 0)
    routing = pywrapcp.RoutingModel(manager)
    place = [0, *(task["place"] for task in tasks)]
    service = [0, *(task["duration"] for task in tasks)]
    way = data["way"]

    def travel(one: int, other: int) -> int:
        return int(way[place[manager.IndexToNode(one)]][place[manager.IndexToNode(other)]])

    def passed(one: int, other: int) -> int:
        return travel(one, other) + int(service[manager.IndexToNode(one)])

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(travel))
    routing.AddDimension(routing.RegisterTransitCallback(passed), HORIZON, HORIZON, False, "time")
    time = routing.GetDimensionOrDie("time")
    for number, task in enumerate(tasks, 1):
        index = manager.NodeToIndex(number)
        time.CumulVar(index).SetMin(task["early"])
        time.SetCumulVarSoftUpperBound(index, task["late"], 1)
        routing.VehicleVar(index).SetValues([-1, *task["able"]])
        routing.AddVariableMinimizedByFinalizer(time.CumulVar(index))
    solver = routing.solver()
    for number, task in enumerate(tasks, 1):
        if task["mate"] is not None and task["mate"] + 1 > number:
            one, other = manager.NodeToIndex(number), manager.NodeToIndex(task["mate"] + 1)
            gap = time.CumulVar(other) - time.CumulVar(one)
            solver.Add(gap >= task["least"])
            solver.Add(gap <= task["most"])
            solver.Add(routing.VehicleVar(one) != routing.VehicleVar(other))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(seconds * 1000))
    routing.CloseModelWithParameters(asked)
    start = routing.ReadAssignmentFromRoutes([[task + 1 for task in tour] for tour in data["start"]], True)
    found = routing.SolveFromAssignmentWithParameters(start, asked) if start else None
    if not found:
        return None
    tours = []
    for worker in range(workers):
        index, tour = found.Value(routing.NextVar(routing.Start(worker))), []
        while not routing.IsEnd(index):
            tour.append((manager.IndexToNode(index) - 1, found.Min(time.CumulVar(index))))
            index = found.Value(routing.NextVar(index))
        tours.append(tour)
    return tours


if __name__ == "__main__":
    print(json.dumps(solve(json.loads(Path(sys.argv[1]).read_text()), float(sys.argv[2]))))
