"""The road in for what devices say: MQTT, signed HTTP, and Traccar's forwarding, with one promise.

What is acknowledged is on disk: messages of all roads become signals, are written in one transaction together with
the alarms they raise, and only then is the receipt sent. What comes twice has one effect. What cannot be understood
is kept aside with its reason and stops nobody else. An emergency goes before everything else; under overload
heartbeats are let go first, and counted.
"""
