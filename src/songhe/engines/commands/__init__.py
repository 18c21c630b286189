"""Commands to devices in people's homes: locate now, ring, whom to call, test mode.

A command is a row, written in the transaction of whatever ordered it, so that it exists exactly when that does. The
gateway that holds the device's connection is told when it commits, sends it until the device acknowledges it, also
after a restart of either side, and lets it expire when its time is over. What a command carries (a telephone number)
is sealed with the key of its person.
"""
