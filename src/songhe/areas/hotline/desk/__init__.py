"""The agent's desk: one page for a call, and the parts of it that are read again while somebody types."""
