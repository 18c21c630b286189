"""What the database itself keeps: the text of a policy version stays as it was issued."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEPT = """
CREATE FUNCTION policies_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'replaced_at' = to_jsonb(NEW) - 'replaced_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a policy version stays as it was issued'
    USING ERRCODE = '23514', CONSTRAINT = 'policy_version_kept';
END $$
"""

_TRIGGER = """
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON policies_policyversion
FOR EACH ROW EXECUTE FUNCTION policies_kept()
"""


def kept_versions() -> RunSQL:
    """A trigger that refuses to change or delete a version; that it was replaced may be noted."""
    return RunSQL([_KEPT, _TRIGGER], ["DROP FUNCTION policies_kept() CASCADE"])
