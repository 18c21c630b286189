"""The service circle: who reaches which service on foot within how many minutes, who does not, and where to build next.

Officials plan on a map of hexes and communities, try a site before it is built, keep scenarios and ask for the best sites.
The public finds care nearby without logging in. Every figure names the walking speed and the streets behind it; without a
street network it is marked as approximate.

Where people live is read from the registry by one job, kept sealed town by town, and opened in memory only. Figures go out
by community and hex; hexes with few people have none. Names of people go to who may see those people, and that is recorded.
"""
