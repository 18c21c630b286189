"""What leaves the system: messages written to an outbox in the transaction they are about, and sent from there.

A message goes down a ladder of channels (in-box, text message, call, group robot) until it has done its work or is not
worth sending any more. It is sent at least once, under an id by which a provider recognises a repeat; every step is kept.
"""
