"""The verbs of providers, one module for each noun."""

from songhe.areas.providers.actions.facilities import (
    add_facility,
    close_facility,
    describe_facility,
    license_facility,
    move_facility,
    register_facility,
    set_beds,
)
from songhe.areas.providers.actions.organisations import (
    close_organisation,
    correct_credit_code,
    edit_organisation,
    move_organisation,
    register_organisation,
    resume_organisation,
    suspend_organisation,
)
from songhe.areas.providers.actions.workers import (
    certify_worker,
    edit_worker,
    end_employment,
    end_leave,
    hire_worker,
    place_worker,
    set_hours,
    set_ways,
    take_leave,
)

__all__ = [
    "add_facility",
    "certify_worker",
    "close_facility",
    "close_organisation",
    "correct_credit_code",
    "describe_facility",
    "edit_organisation",
    "edit_worker",
    "end_employment",
    "end_leave",
    "hire_worker",
    "license_facility",
    "move_facility",
    "move_organisation",
    "place_worker",
    "register_facility",
    "register_organisation",
    "resume_organisation",
    "set_beds",
    "set_hours",
    "set_ways",
    "suspend_organisation",
    "take_leave",
]
