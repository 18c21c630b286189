"""Finance: what purchased services cost, who approved it, and what is owed to whom.

A settlement gathers the accepted visits of one organisation in one county and month. Whoever prepares it may not
approve it. Approval is one journal: minutes go from each person's grant to used, fen from the purchaser's fund to
what is owed to the organisation. Minutes beyond a grant are listed with their reason and are not paid. A visit is
paid once: the database holds one active line for each visit.
"""
