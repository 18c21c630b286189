"""Questions about alarms."""
