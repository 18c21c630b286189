"""Policies as data: dated parameters and decision lists, worked out for one person with every reason kept.

A document is built from a data file and refused as a whole when anything in it is unclear. What nobody knows is
a value of its own (pending, with the document to bring); what a policy does not say is an error; neither is zero.
"""

from songhe.core.rules.ahead import (
    MOST,
    Asked,
    Cause,
    Change,
    Course,
    Difference,
    Supposed,
    Told,
    ahead,
    supposed,
)
from songhe.core.rules.build import build
from songhe.core.rules.constructs import HANDED_ON, left, received
from songhe.core.rules.disorder import problems as link_problems
from songhe.core.rules.document import (
    BENEFICIARIES,
    Beneficiary,
    Case,
    Clause,
    Document,
    Fact,
    Parameter,
    Payee,
    Rule,
    Tag,
    Value,
)
from songhe.core.rules.evaluate import BrokenRule, age_on, decide, decide_each, months_between, muldiv
from songhe.core.rules.examples import Example, check_examples, examples, untried
from songhe.core.rules.household import once_per_household
from songhe.core.rules.language import Expression, parse
from songhe.core.rules.link import linked
from songhe.core.rules.outcome import FactValue, Input, Outcome, Step, Tags, Unknown
from songhe.core.rules.problem import PolicyError, Problem
from songhe.core.rules.program import Program, check_pack, program, standing

__all__ = [
    "BENEFICIARIES",
    "HANDED_ON",
    "MOST",
    "Asked",
    "Beneficiary",
    "BrokenRule",
    "Case",
    "Cause",
    "Change",
    "Clause",
    "Course",
    "Difference",
    "Document",
    "Example",
    "Expression",
    "Fact",
    "FactValue",
    "Input",
    "Outcome",
    "Parameter",
    "Payee",
    "PolicyError",
    "Problem",
    "Program",
    "Rule",
    "Step",
    "Supposed",
    "Tag",
    "Tags",
    "Told",
    "Unknown",
    "Value",
    "age_on",
    "ahead",
    "build",
    "check_examples",
    "check_pack",
    "decide",
    "decide_each",
    "examples",
    "left",
    "link_problems",
    "linked",
    "months_between",
    "muldiv",
    "once_per_household",
    "parse",
    "program",
    "received",
    "standing",
    "supposed",
    "untried",
]
