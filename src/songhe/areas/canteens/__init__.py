"""Canteens and rural dining tables: who eats there, what they eat, who pays for it, and who looks after whoever did not come.

A person eats at one canteen at a time. A meal is entered once, from a printed weekly roll, a card or by hand, and carries
who pays which part of its price; the parts always add up to it. A day that is closed stands in the ledger and is put right
by a reversal. Whoever was expected and did not come becomes a check: a neighbour asks, somebody goes to the door, the town
is called. A month is stated by the canteen and accepted by the town; paying it is not done here.

A canteen is a facility of the register: its manager, the offices of its region and, for their own persons, relatives see it.
"""
