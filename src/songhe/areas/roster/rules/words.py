"""Rules of the scheduler in words."""

from __future__ import annotations

RULES = {
    "skill": "Not qualified for this service, or of another organisation.",
    "grade": "Not qualified for this service.",
    "gender": "Not of the sex that the person asks for.",
    "language": "Does not speak the person's language.",
    "forbidden": "Is not wanted by the person, or is ill.",
    "pinned": "The visit is fixed to somebody else.",
    "day": "Not on one of the days that the person wants.",
    "apart": "Too near to another visit of its pattern.",
    "most": "The hours of the week would be passed.",
    "break": "The break would be lost.",
    "window": "Cannot be there within the time that the person wants.",
    "shift": "The shift does not reach that far.",
    "others": "Another promised visit would come too late.",
    "leg": "The way is too long.",
    "time": "Does not fit beside the other visits.",
    "together": "No two workers can come together as it asks.",
    "outside": "Wanted on no day of this plan.",
    "halves": "The two halves of the visit are wanted at times that do not go together.",
    "under_way": "Somebody is there whom this plan does not know.",
}
"""Rules in words, by the names that the scheduler gives them; translated where they are shown."""
