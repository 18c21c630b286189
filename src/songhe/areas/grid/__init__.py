"""The grid: the people near an elder, and the levels above them.

A **helper** is a good neighbour, a grid worker, a volunteer, a village officer or a cook who lives near by. A **pair** ties a
helper to an elder from one day until another. Above them stand **posts**, level by level as the city's data file says, with a
duty roster each. Where nobody is on duty the roster shows a gap, and whoever looks for help is led to the next level at once.

Other areas ask two things: who can be with a person soonest (``responders``), and who answers above (``ladder``).
"""
