"""Live news: what just happened, pushed to open pages.

News is a row, written in the transaction that made it; the notification carries only its number, topic and
region, so that nothing is lost when a page reconnects: it says the last number it saw and gets the rest. A stream
reads each piece of news in its user's scope of that moment and ends at once when a grant ends.
"""
