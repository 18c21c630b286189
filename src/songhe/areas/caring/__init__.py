"""Friendly visits and caring calls to people who live alone, are left behind, of great age or otherwise at risk.

Risk groups are data: the first that fits a person says whether somebody comes or calls every week, month or quarter. The plan
of a month is made at once for a whole region: everybody due stands in it exactly once for each period, shared out among the
helpers by pairs and nearness so that loads differ by no more than the pairs force. A call that is not answered is tried again,
then becomes a visit with a deadline; whoever is not found at a visit is searched for by the village, the town, and with help.

Whoever does not want visits, is in hospital or away is not planned for, with the reason kept. The village does, the town and the
county look again at a part that is drawn so that anybody can draw it once more.
"""
