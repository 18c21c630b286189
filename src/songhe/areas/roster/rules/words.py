"""Rules of the scheduler in words."""

from __future__ import annotations

RULES = {
    "skill": "Not qualified for this service, or of another organisation.",
    "grade": "Not qualified for this service.",
    "gender": "Not of the gender that the person asks for.",
    "language": "Does not speak the person's language.",
    "forbidden": "Is not wanted by the person, or is ill.",
    "pinned": "The visit is pinned to somebody else.",
    "day": "Not on one of the days that the person wants.",
    "apart": "Too close to another visit of the same plan.",
    "most": "The weekly hours would be exceeded.",
    "break": "The break would be lost.",
    "window": "Cannot be there within the time that the person wants.",
    "shift": "This lies outside the shift.",
    "others": "Another promised visit would come too late.",
    "leg": "The travel time is too long.",
    "time": "Does not fit in with the other visits.",
    "together": "No two workers can come together as it asks.",
    "outside": "Wanted on no day of this plan.",
    "halves": "The two halves of the visit are wanted at times that do not go together.",
    "under_way": "Somebody is there whom this plan does not know.",
}
"""Rules in words, by the names that the scheduler gives them; translated where they are shown."""
