"""Stays: beds and who lives in them, who waits for one, care beds at home, and days at a centre.

A stay is one person's time in an institution, from admission to discharge, with leave between; the bed is an occupancy
of its own, so that a person may move and a bed may be freed while somebody is away. The database lets no two occupancies
of a bed or of a person meet, and no two care settings of a person: a stay, or a care bed at home. A family care bed is no
bed here but a contract between a person, an address and a responsible organisation; it rests while the person lives in an
institution and goes on afterwards. Who waits is ordered by rules in data. What is free is told without naming anybody.

A facility sees what is its own, an office its regions, a relative the person. Other areas come through ``api`` only.
"""
