"""What the database itself keeps of batches: written once by the migration.

An approved batch, its journal, its rows and what they pay add up to the same sum at every change of the batch, and
the amount of a row never changes. The functions run as the tables' owner.
"""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_ADDS_UP = """
CREATE FUNCTION payments_batch_adds_up() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE rows_fen bigint; undecided int; paid bigint; failed bigint; posted bigint; owed bigint; gross bigint;
BEGIN
  IF NEW.state NOT IN ('approved', 'released', 'done') THEN RETURN NEW; END IF;
  SELECT coalesce(sum(l.fen) FILTER (WHERE l.state IN ('ready', 'paid', 'failed')), 0),
         count(*) FILTER (WHERE l.state = 'held'),
         coalesce(sum(l.fen) FILTER (WHERE l.state = 'paid'), 0),
         coalesce(sum(l.fen) FILTER (WHERE l.state = 'failed'), 0),
         coalesce(sum(l.gross_fen) FILTER (WHERE l.state IN ('ready', 'paid')), 0)
    INTO rows_fen, undecided, paid, failed, gross FROM public.payments_payline l WHERE l.batch_id = NEW.id;
  SELECT coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) INTO posted
    FROM public.ledger_entry e WHERE e.journal_id = NEW.journal_id;
  SELECT coalesce(sum(d.fen), 0) INTO owed FROM public.payments_due d
    JOIN public.payments_payline l ON l.id = d.line_id WHERE l.batch_id = NEW.id;
  IF undecided > 0 OR rows_fen <> NEW.fen OR posted <> NEW.fen OR paid <> NEW.paid_fen OR failed <> NEW.failed_fen
     OR owed <> gross THEN
    RAISE EXCEPTION 'batch % does not add up: batch %, rows %, journal %, paid % and %, failed % and %, due % and %',
      NEW.number, NEW.fen, rows_fen, posted, NEW.paid_fen, paid, NEW.failed_fen, failed, owed, gross
      USING ERRCODE = '23514', CONSTRAINT = 'batch_adds_up';
  END IF;
  RETURN NEW;
END $$
"""

_FIXED = """
CREATE FUNCTION payments_line_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.batch_id, NEW.seq, NEW.number, NEW.benefit, NEW.gross_fen, NEW.withheld_fen, NEW.fen)
     IS DISTINCT FROM (OLD.batch_id, OLD.seq, OLD.number, OLD.benefit, OLD.gross_fen, OLD.withheld_fen, OLD.fen) THEN
    RAISE EXCEPTION 'the amount of a payment never changes' USING ERRCODE = '23514', CONSTRAINT = 'line_fixed';
  END IF;
  RETURN NEW;
END $$
"""

_TRIGGERS = (
    """CREATE TRIGGER adds_up BEFORE INSERT OR UPDATE ON payments_batch
       FOR EACH ROW EXECUTE FUNCTION payments_batch_adds_up()""",
    """CREATE TRIGGER fixed BEFORE UPDATE ON payments_payline
       FOR EACH ROW EXECUTE FUNCTION payments_line_fixed()""",
)


def guards() -> RunSQL:
    """Triggers that keep batches, journals and rows in step."""
    return RunSQL(
        [_ADDS_UP, _FIXED, *_TRIGGERS],
        ["DROP FUNCTION payments_batch_adds_up() CASCADE", "DROP FUNCTION payments_line_fixed() CASCADE"],
    )
