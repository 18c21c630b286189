"""Long work, timers and what goes out: one lease table, so that nothing is lost when a worker dies.

A job is claimed for a while, runs under the scope of whoever started it, shows progress and can be stopped. When
its lease runs out another worker takes it, so a job must bear being run again.
"""
