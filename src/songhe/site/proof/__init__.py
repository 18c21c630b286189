"""Proofs that anybody can run: what is promised, tried on a throw-away installation, with faults that must be caught.

`songhe prove` starts a PostgreSQL of its own in a folder of its own, a gateway, web pages and a worker, lets devices send
and send again, kills parts of it with SIGKILL at random or cuts the power under the database, and counts at the end: what
was acknowledged, what is there, what is lost, what is there twice. `course` does so with people too, who lead an alarm to its end.
"""
