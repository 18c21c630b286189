"""Providers: organisations, their facilities and workers, and the catalogue of services they give.

An organisation is a legal body with a unified social credit code. A facility is one site that it runs: a nursing home,
a day-care centre, a happiness home, a canteen. A worker is employed by an organisation, has skills of the catalogue,
working hours and a base place. Places are stored in WGS-84 whatever frame they are entered in.

A worker's log-in is a grant of the role ``worker`` whose holder is the worker's id; an organisation's people hold
grants whose holder is the organisation's id. Other areas come through ``api`` only.
"""
