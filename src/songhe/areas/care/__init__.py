"""Care plans: from granted hours to the orders of next month.

A plan says for one person which services recur, when and by whom. It is drafted from the granted hours and the latest
assessment, checked against the grant of each month and the contracts, and signed by the person or the family. A signed plan
is not edited: a new version takes its place from a day on. Once a month an office or an organisation makes the orders of all
plans of its scope; a second run adds nothing, and what could not be planned is told with its reason.
"""
