"""Ability assessment: from the request through two assessors and both signatures to a confirmed level.

A signed assessment is never changed: a correction is a new version that replaces it once it is confirmed.
Answers are sealed with the person's own key; every showing of them is logged with its purpose.
"""
