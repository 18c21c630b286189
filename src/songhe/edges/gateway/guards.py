"""What the database adds: gateways are told at once when a device's secret changes or it may no longer speak."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

CHANNEL = "songhe_device"

_FORWARD = f"""
CREATE FUNCTION gateway_tell_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('{CHANNEL}', OLD.code);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_gateways AFTER UPDATE OF secret_hash, enabled, code ON devices_device FOR EACH ROW
  WHEN (OLD.secret_hash IS DISTINCT FROM NEW.secret_hash OR OLD.enabled <> NEW.enabled OR OLD.code <> NEW.code)
  EXECUTE FUNCTION gateway_tell_device();
CREATE TRIGGER tell_gateways_of_the_end AFTER DELETE ON devices_device FOR EACH ROW
  EXECUTE FUNCTION gateway_tell_device();
"""


def guards() -> RunSQL:
    """The notification of a change in who a device is."""
    return RunSQL(_FORWARD, "DROP FUNCTION gateway_tell_device() CASCADE")
