"""Claims: what an organisation asks to be paid for a month, from its own lines to the money.

An organisation draws up and files a claim for a month, a county and a contract; filing closes the set of its lines. The
county draws a sample that villages and towns call or visit, the towns accept their lines, the score of the month is
stated and deducted, the organisation may dispute, and somebody else accepts. What is accepted becomes a settlement of
finance, net of what was deducted. For every line: claimed = paid + deducted + refused. A visit is claimed once.
What the person pays is a bill of its own and never comes from the fund.
"""
