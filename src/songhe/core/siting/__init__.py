"""Where to build next: sites chosen for a goal, with a proof of how near to the best they are, and what each of them brings.

A ``Problem`` says who lives where, which sites there are or could be, and how far it is. A goal says what is asked of new
sites: cover most people (``Cover``), keep shares at least cost (``Meet``), serve most within the room there is (``Serve``),
make ways short (``Nearest``: p-median, ``Farthest``: p-centre), or build stage by stage (``Staged``). ``solve`` finds sites;
``judge`` says what any sites are worth, such as a planner's own; ``compare`` puts two choices beside each other, and
``gains`` says what each further site would add. What cannot be is refused with what to change; broken data is a DataError.
"""

from songhe.core.siting.compare import Comparison, compare, gains
from songhe.core.siting.explain import sentences
from songhe.core.siting.goals import Cover, Farthest, Floor, Goal, Meet, Nearest, Serve, Stage, Staged
from songhe.core.siting.judge import judge
from songhe.core.siting.kinds import PEOPLE, Counts, State
from songhe.core.siting.machine import at_hand
from songhe.core.siting.params import Stop
from songhe.core.siting.problem import Demand, Problem, Site
from songhe.core.siting.result import Judged, Opened, Proof, Region, Result, Year
from songhe.core.siting.solve import BrokenChoice, solve
from songhe.core.siting.travel import Pairs, Table, Travel

__all__ = [
    "PEOPLE",
    "BrokenChoice",
    "Comparison",
    "Counts",
    "Cover",
    "Demand",
    "Farthest",
    "Floor",
    "Goal",
    "Judged",
    "Meet",
    "Nearest",
    "Opened",
    "Pairs",
    "Problem",
    "Proof",
    "Region",
    "Result",
    "Serve",
    "Site",
    "Stage",
    "Staged",
    "State",
    "Stop",
    "Table",
    "Travel",
    "Year",
    "at_hand",
    "compare",
    "gains",
    "judge",
    "sentences",
    "solve",
]
