"""Cases: anything with states and deadlines. Every change is a move along a flow and leaves a row of history."""
