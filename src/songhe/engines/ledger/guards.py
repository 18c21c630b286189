"""What the database itself keeps: written once by the migration.

The functions run as the tables' owner, so that the application's role needs no right to write a balance. They
see what the scope of the moment shows: a posting under too narrow a scope fails, which ``post`` avoids by entering
everything, and the check that a journal has entries is asked for inside that scope.
"""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.rls import APP_ROLE

COMPLETE = "ledger_journal_complete"

_POSTED = """
CREATE FUNCTION ledger_posted() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched int; known int;
BEGIN
  PERFORM 1 FROM (
      SELECT n.journal_id FROM fresh n GROUP BY n.journal_id
      HAVING count(*) <> (SELECT j.size FROM public.ledger_journal j WHERE j.id = n.journal_id)
          OR min(n.seq) <> 1 OR max(n.seq) <> count(*)) odd;
  IF FOUND THEN
    RAISE EXCEPTION 'a journal is written whole and once' USING ERRCODE = '23514', CONSTRAINT = 'journal_whole';
  END IF;
  PERFORM 1 FROM fresh n JOIN public.ledger_account a ON a.id = n.account_id
      GROUP BY n.journal_id, a.unit HAVING sum(n.amount) <> 0;
  IF FOUND THEN
    RAISE EXCEPTION 'a journal balances in each unit' USING ERRCODE = '23514', CONSTRAINT = 'journal_balances';
  END IF;
  PERFORM 1 FROM fresh n JOIN public.ledger_account a ON a.id = n.account_id
      WHERE a.region_id <> n.region_id OR a.owner_id <> n.owner_id;
  IF FOUND THEN
    RAISE EXCEPTION 'an entry carries its account''s region and owner'
      USING ERRCODE = '23514', CONSTRAINT = 'entry_of_account';
  END IF;
  SELECT count(DISTINCT account_id) INTO known FROM fresh;
  UPDATE public.ledger_account a SET balance = a.balance + s.change
    FROM (SELECT account_id, sum(amount) AS change FROM fresh GROUP BY account_id) s WHERE a.id = s.account_id;
  GET DIAGNOSTICS touched = ROW_COUNT;
  IF touched <> known THEN
    RAISE EXCEPTION 'every entry has an account' USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$
"""

_COMPLETE = """
CREATE FUNCTION ledger_complete() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.ledger_entry e WHERE e.journal_id = NEW.id AND e.seq = 1) THEN
    RAISE EXCEPTION 'a journal has entries' USING ERRCODE = '23514', CONSTRAINT = 'journal_whole';
  END IF;
  RETURN NULL;
END $$
"""

_KEPT = """
CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = '42501';
END $$
"""

_TRIGGERS = (
    """CREATE TRIGGER posted AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_posted()""",
    f"""CREATE CONSTRAINT TRIGGER {COMPLETE} AFTER INSERT ON ledger_journal DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION ledger_complete()""",
    *(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION ledger_kept()"
        for table in ("ledger_entry", "ledger_journal")
        for name, event, each in (("kept", "UPDATE OR DELETE", "ROW"), ("whole", "TRUNCATE", "STATEMENT"))
    ),
)

_FUNCTIONS = ("ledger_posted", "ledger_complete", "ledger_kept")


def guards() -> RunSQL:
    """Triggers that keep journals balanced, balances true, and entries as they were written."""
    return RunSQL(
        [_POSTED, _COMPLETE, _KEPT, *_TRIGGERS],
        [f"DROP FUNCTION {name}() CASCADE" for name in _FUNCTIONS],
    )


def balances_by_trigger_only() -> RunSQL:
    """Leave the application's role no right to write a balance or to remove an account."""
    columns = "held, region_id, owner_id, name, may_overdraw"
    return RunSQL(
        _if_role(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account FROM {APP_ROLE}",
            f"GRANT UPDATE ({columns}) ON ledger_account TO {APP_ROLE}",
        ),
        _if_role(f"GRANT UPDATE, DELETE ON ledger_account TO {APP_ROLE}"),
    )


def _if_role(*statements: str) -> str:
    body = " ".join(f"EXECUTE '{statement}';" for statement in statements)
    asked = f"SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}'"  # noqa: S608  a constant of our own
    return f"DO $$ BEGIN IF EXISTS ({asked}) THEN {body} END IF; END $$"
