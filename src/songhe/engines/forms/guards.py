"""What the database itself keeps: locked answers stay as they were signed."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_LOCKED = """
CREATE FUNCTION forms_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY['region_id', 'person_id'] = to_jsonb(NEW) - ARRAY['region_id', 'person_id'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'locked answers are kept as they were signed'
    USING ERRCODE = '23514', CONSTRAINT = 'answers_locked';
END $$
"""

_TRIGGER = """
CREATE TRIGGER locked BEFORE UPDATE OR DELETE ON forms_answers
FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL) EXECUTE FUNCTION forms_locked()
"""

_NEVER = """
CREATE TRIGGER kept BEFORE TRUNCATE ON forms_answers FOR EACH STATEMENT EXECUTE FUNCTION forms_locked()
"""


def locked_answers() -> RunSQL:
    """Triggers that refuse to change, delete or empty out locked answers; region and person may follow."""
    return RunSQL([_LOCKED, _TRIGGER, _NEVER], ["DROP FUNCTION forms_locked() CASCADE"])
