"""PolicyEngine-core on the city's rules, for an interpreter that has it: `-m … JOB people.npz out.npz`."""

from __future__ import annotations

from policyengine_core.entities import build_entity
from policyengine_core.parameters import ParameterNode
from policyengine_core.periods import ETERNITY, MONTH
from policyengine_core.simulations import SimulationBuilder
from policyengine_core.taxbenefitsystems import TaxBenefitSystem
from policyengine_core.variables import Variable
from tests.bench.rules import values
from tests.bench.rules.oracle import ALONE, RESULTS
from tests.bench.rules.peers import meter, model
from tests.bench.rules.peers.meter import Meter
from tests.bench.rules.people import Columns

CORE = model.Core(build_entity, TaxBenefitSystem, ParameterNode, Variable, SimulationBuilder, ETERNITY, MONTH)
SYSTEM = model.tax_benefit_system(CORE)
TUNED = model.tax_benefit_system(CORE, tuned=True)


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


if __name__ == "__main__":
    meter.main({"month": month, "tuned": tuned, "alone": alone})
