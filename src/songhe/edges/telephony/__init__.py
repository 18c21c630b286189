"""The telephone exchange: its signed events come in, our wishes go out; recorded logs and a simulated exchange beside it.

Whatever comes, from an exchange, a recorded log or the simulator, comes through the same door.
"""
