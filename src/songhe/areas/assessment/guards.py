"""What the database itself keeps: a signed assessment stays as it was signed."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.lines import Lines
from songhe.engines.access.rls import APP_ROLE

_FREE = "ARRAY['state', 'due_at', 'region_id', 'person_id', 'confirmed_at', 'confirmed_by_id']"

_LATER = (
    "ARRAY['state', 'due_at', 'region_id', 'person_id', 'confirmed_at', 'confirmed_by_id', 'level', 'approval_note',"
    " 'delivered_on', 'delivery', 'recipient', 'recipient_name', 'delivered_by_id', 'objections_until',"
    " 'objected_at', 'objector', 'in_force_on']"
)

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


_STAGES = f"""
CREATE OR REPLACE FUNCTION assessment_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - {_LATER} = to_jsonb(NEW) - {_LATER}
     AND NEW.state IN ('signed', 'approved', 'delivered', 'objected', 'confirmed', 'superseded')
     AND (NEW.level IS NOT DISTINCT FROM OLD.level OR (OLD.state = 'signed' AND NEW.state = 'approved'))
     AND ((NEW.delivered_on, NEW.recipient_name) IS NOT DISTINCT FROM (OLD.delivered_on, OLD.recipient_name)
          OR (OLD.state = 'approved' AND NEW.state = 'delivered'))
     AND (NEW.in_force_on IS NOT DISTINCT FROM OLD.in_force_on
          OR (OLD.state = 'delivered' AND NEW.state = 'confirmed')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a signed assessment is kept as it was signed'
    USING ERRCODE = '23514', CONSTRAINT = 'assessment_signed';
END $$
"""

_ENDS = (
    _STAGES.replace("'in_force_on']", "'in_force_on', 'holds_until']").replace(
        "     AND (NEW.in_force_on IS NOT DISTINCT",
        "     AND (NEW.holds_until IS NOT DISTINCT FROM OLD.holds_until\n"
        "          OR (OLD.state = 'signed' AND NEW.state = 'approved')\n"
        "          OR (OLD.state = 'delivered' AND NEW.state = 'confirmed'))\n"
        "     AND (NEW.in_force_on IS NOT DISTINCT",
    )
)  # fmt: skip

_SORTED = """
UPDATE assessment_assessment SET
  judged = level,
  level = CASE WHEN confirmed_at IS NULL THEN NULL ELSE level END,
  in_force_on = CASE WHEN confirmed_at IS NULL THEN NULL ELSE assessed_on END,
  cause = CASE WHEN corrects_id IS NULL THEN 'request' ELSE 'correction' END
"""


def levels_apart() -> RunSQL:
    """What was judged stands apart from what was approved, for assessments made before the two were told apart."""
    return RunSQL(
        [
            "ALTER TABLE assessment_assessment DISABLE TRIGGER signed",
            _SORTED,
            "SET CONSTRAINTS ALL IMMEDIATE",
            "ALTER TABLE assessment_assessment ENABLE TRIGGER signed",
        ],
        RunSQL.noop,
    )


def end_follows_level() -> RunSQL:
    """How long a result counts may follow the level approved: when it is approved and when it comes into force."""
    return RunSQL([_ENDS], [_STAGES])


def stages_after_signing() -> RunSQL:
    """The same triggers, which now let a signed assessment go through delivery and objection, each only at its time."""
    return RunSQL([_STAGES], [_SIGNED.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")])


def only_added(table: str) -> RunSQL:
    """Leave the application no right to change or remove a row; its region and its person may follow."""
    return RunSQL(
        _if_role(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}",
            f"GRANT UPDATE (region_id, person_id) ON {table} TO {APP_ROLE}",
        ),
        _if_role(f"GRANT UPDATE, DELETE ON {table} TO {APP_ROLE}"),
    )


_CENSUS = """
CREATE FUNCTION assessment_census_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signed census is kept as it was signed'
    USING ERRCODE = '23514', CONSTRAINT = 'census_locked';
END $$
"""

_FINDING = """
CREATE FUNCTION assessment_finding_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(OLD) - ARRAY['region_id', 'person_id', 'answers_sealed']
       = to_jsonb(NEW) - ARRAY['region_id', 'person_id', 'answers_sealed']
     AND (NEW.answers_sealed = OLD.answers_sealed OR NEW.person_id <> OLD.person_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM 1 FROM assessment_census WHERE id = NEW.census_id AND state = 'open' FOR SHARE;
    IF FOUND THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'nothing is entered in a signed census'
    USING ERRCODE = '23514', CONSTRAINT = 'finding_in_open_census';
END $$
"""


def census_is_locked() -> RunSQL:
    """A signed census never changes, nor what was found in it; region and person of a finding may follow."""
    return RunSQL(
        [
            _CENSUS,
            (
                "CREATE TRIGGER locked BEFORE UPDATE OR DELETE ON assessment_census FOR EACH ROW"
                " WHEN (OLD.state = 'locked') EXECUTE FUNCTION assessment_census_locked()"
            ),
            _FINDING,
            (
                "CREATE TRIGGER taken BEFORE INSERT OR UPDATE OR DELETE ON assessment_finding FOR EACH ROW"
                " EXECUTE FUNCTION assessment_finding_taken()"
            ),
        ],
        [
            "DROP FUNCTION assessment_census_locked() CASCADE",
            "DROP FUNCTION assessment_finding_taken() CASCADE",
        ],
    )


def census_of_the_whole() -> RunSQL:
    """A village sees the census of its county, but writes none: only who holds the whole region does."""
    return RunSQL(
        [
            (
                'ALTER POLICY scope ON "assessment_census"'
                f" WITH CHECK ({Lines().policy()}"
                " AND upper <= nullif(current_setting('songhe.high', true), '')::bigint)"
            )
        ],
        RunSQL.noop,
    )


def _if_role(*statements: str) -> str:
    body = " ".join(f"EXECUTE '{statement}';" for statement in statements)
    return f"DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN {body} END IF; END $$"  # noqa: S608  only constants of migrations
