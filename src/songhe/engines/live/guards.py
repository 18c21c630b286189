"""What the database adds to news: the number goes out when the transaction commits, and late numbers are found."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

CHANNEL = "songhe_live"
REVOKED = "songhe_revoked"

_FORWARD = f"""
ALTER TABLE live_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ADD COLUMN horizon xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot());

CREATE FUNCTION live_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('{CHANNEL}', NEW.id || ' ' || NEW.topic || ' ' || NEW.region_id || ' ' || coalesce(NEW.holder_id::text, '-'));
  RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON live_event FOR EACH ROW EXECUTE FUNCTION live_tell();
CREATE POLICY publish ON live_event FOR INSERT WITH CHECK (true);

CREATE FUNCTION live_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'access_grant' THEN
    PERFORM pg_notify('{REVOKED}', OLD.user_id::text);
  ELSIF NOT NEW.is_active OR NEW.epoch <> OLD.epoch THEN
    PERFORM pg_notify('{REVOKED}', OLD.id::text);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER revoked AFTER UPDATE OR DELETE ON access_grant FOR EACH ROW EXECUTE FUNCTION live_revoked();
CREATE TRIGGER revoked AFTER UPDATE ON access_user FOR EACH ROW EXECUTE FUNCTION live_revoked();
"""

_BACK = """
DROP FUNCTION live_revoked() CASCADE;
DROP POLICY publish ON live_event;
DROP FUNCTION live_tell() CASCADE;
ALTER TABLE live_event DROP COLUMN xid, DROP COLUMN horizon;
"""


def guards() -> RunSQL:
    """Notifications for news and for ended grants; anybody may publish, reading stays scoped."""
    return RunSQL(_FORWARD, _BACK)
