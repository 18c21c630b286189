"""OpenFisca-Core on the city's rules, for an interpreter that has it: `-m … JOB people.npz out.npz`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.reforms import Reform
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from tests.bench.rules import oracle, values
from tests.bench.rules.oracle import ALONE, RESULTS
from tests.bench.rules.peers import meter, model
from tests.bench.rules.peers.meter import Meter
from tests.bench.rules.people import Columns

CORE = model.Core(build_entity, TaxBenefitSystem, ParameterNode, Variable, SimulationBuilder, DateUnit.ETERNITY,
                  DateUnit.MONTH)  # fmt: skip
SYSTEM = model.tax_benefit_system(CORE)
TUNED = model.tax_benefit_system(CORE, tuned=True)
TURNS = 30


class HigherCare(Reform):
    """The reform that is tried out."""

    def apply(self) -> None:
        self.modify_parameters(_higher_care)


def _higher_care(parameters: Any) -> Any:
    for bracket, amount in zip(parameters.care.brackets, values.CARE_WHAT_IF, strict=True):
        bracket.amount.update(start="2025-01-01", value=amount)
    return parameters


def month(people: Columns, watch: Meter) -> Columns:
    """Every result of one month."""
    made = model.simulation(CORE, SYSTEM, people, watch, together=True)
    return model.calculated(made, values.MONTH, RESULTS, watch)


def tuned(people: Columns, watch: Meter) -> Columns:
    """The same with the two slow formulas replaced."""
    made = model.simulation(CORE, TUNED, people, watch, together=True)
    return model.calculated(made, values.MONTH, RESULTS, watch)


def alone(people: Columns, watch: Meter) -> Columns:
    """The same without households and what is granted once to each."""
    made = model.simulation(CORE, TUNED, people, watch, together=False)
    return model.calculated(made, values.MONTH, ALONE, watch)


def what_if(people: Columns, watch: Meter) -> Columns:
    """One month under a reform."""
    made = model.simulation(CORE, HigherCare(SYSTEM), people, watch, together=True)
    return model.calculated(made, values.MONTH, RESULTS, watch)


def year(people: Columns, watch: Meter) -> Mapping[str, Any]:
    """Twelve months in one simulation, as the library keeps them."""
    made = model.simulation(CORE, SYSTEM, people, watch, together=True)
    told = {}
    for one in values.YEAR:
        found = model.calculated(made, one, RESULTS, watch)
        with watch.aside():
            told[one.isoformat()] = {name: oracle.check(column) for name, column in found.items()}
    return told


def person(people: Columns, watch: Meter) -> Mapping[str, Any]:
    """Milliseconds for one person's results: alone, with the trace kept, and with the trace told as data."""
    one = meter.somebody(people)
    return {
        "plain": meter.best(lambda: _explained(one, trace=False), TURNS),
        "traced": meter.best(lambda: _explained(one, trace=True), TURNS),
        "told": meter.best(lambda: _told(one), TURNS),
    }


def _explained(one: Columns, *, trace: bool) -> Any:
    made = model.simulation(CORE, SYSTEM, one, Meter(), together=True)
    made.trace = trace
    model.calculated(made, values.MONTH, RESULTS, Meter())
    return made


def _told(one: Columns) -> Any:
    return _explained(one, trace=True).tracer.get_serialized_flat_trace()


if __name__ == "__main__":
    meter.main(
        {"month": month, "tuned": tuned, "alone": alone, "what-if": what_if, "year": year, "person": person}
    )
