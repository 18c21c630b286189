"""Cases of the city's 12345 line, both ways.

12345 sends a case with its own number, kind, level and deadline; they are kept and shown everywhere. It becomes an enquiry, an
order or a complaint of ours by way of the desk. What we do goes back through an outbox, once, and is acknowledged. Reminders,
supervision, extensions, returns and 12345's own call-back come in as messages, each with its key and one effect. A case ends on
both sides.
"""
