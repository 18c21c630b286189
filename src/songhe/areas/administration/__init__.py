"""Users, their roles and API tokens, the log of acts, and the jobs of the installation.

Promises: a role given or taken counts from the next request; roles that exclude each other are never held together;
a token's secret is shown once and never kept; nobody gives a role beyond the own area.
"""
