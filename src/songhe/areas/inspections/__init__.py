"""Inspections: spot checks of facilities, from the draw to the mended finding.

A campaign draws facilities and officers at random, within strata, by a seed that is told and a list whose hash is kept, so
that nobody chooses and anybody can draw again. Two officers carry out a check on the phone by a checklist that is data. What
is not met is a finding with a deadline; the facility answers with evidence, an officer looks again, and what is not mended is
escalated by the office. A facility learns of its check when it has been carried out, not before.
"""
