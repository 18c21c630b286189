"""What the database itself keeps: a signed assessment stays as it was signed."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_FREE = "ARRAY['state', 'due_at', 'region_id', 'person_id', 'confirmed_at', 'confirmed_by_id']"

_SIGNED = f"""
CREATE FUNCTION assessment_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - {_FREE} = to_jsonb(NEW) - {_FREE}
     AND NEW.state IN ('signed', 'confirmed', 'superseded') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a signed assessment is kept as it was signed'
    USING ERRCODE = '23514', CONSTRAINT = 'assessment_signed';
END $$
"""

_TRIGGER = """
CREATE TRIGGER signed BEFORE UPDATE OR DELETE ON assessment_assessment
FOR EACH ROW WHEN (OLD.first_signed_at IS NOT NULL AND OLD.second_signed_at IS NOT NULL)
EXECUTE FUNCTION assessment_signed()
"""

_NEVER = """
CREATE TRIGGER kept BEFORE TRUNCATE ON assessment_assessment
FOR EACH STATEMENT EXECUTE FUNCTION assessment_signed()
"""


def signed_assessments() -> RunSQL:
    """Triggers that let a signed assessment only be confirmed, replaced, or follow its person's region."""
    return RunSQL([_SIGNED, _TRIGGER, _NEVER], ["DROP FUNCTION assessment_signed() CASCADE"])
