"""What the database adds: whoever holds the device's connection is told when a command commits."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

CHANNEL = "songhe_command"

_FORWARD = f"""
CREATE FUNCTION commands_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('{CHANNEL}', NEW.device_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON commands_command FOR EACH ROW EXECUTE FUNCTION commands_tell();
"""


def guards() -> RunSQL:
    """The notification of a new command."""
    return RunSQL(_FORWARD, "DROP FUNCTION commands_tell() CASCADE")
