"""What the database itself keeps of acts: order, digest, seals, and who may touch them."""

TABLE = """
ALTER TABLE acts_act ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN digest bytea, ADD COLUMN seal_no bigint;
CREATE INDEX act_unsealed ON acts_act (seq) WHERE seal_no IS NULL;
CREATE INDEX act_by_seal ON acts_act (seal_no, seq);

CREATE FUNCTION acts_digest(a acts_act) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.kind, a.verb,
    a.actor_id, a.actor_name, a.subject_kind, a.subject_id, a.subject_name, a.person_id, a.region_id, a.before,
    a.after, a.rows, a.content_hash, a.purpose, a.channel, a.address, a.within_id)::text, 'UTF8'))
$$;

CREATE FUNCTION acts_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.digest := acts_digest(NEW);
  NEW.seal_no := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER acts_stamp BEFORE INSERT ON acts_act FOR EACH ROW EXECUTE FUNCTION acts_stamp();

CREATE FUNCTION acts_seal(at timestamptz, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE
  last acts_seal%ROWTYPE;
  chosen bigint[];
  digests bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(7301);
  SELECT * INTO last FROM acts_seal ORDER BY no DESC LIMIT 1;
  SELECT array_agg(seq), string_agg(digest, ''::bytea ORDER BY seq) INTO chosen, digests
    FROM (SELECT seq, digest FROM acts_act WHERE seal_no IS NULL ORDER BY seq LIMIT most) s;
  IF chosen IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO acts_seal (no, at, acts, previous, hash) VALUES (coalesce(last.no, 0) + 1, acts_seal.at,
    cardinality(chosen), coalesce(last.hash, ''::bytea), sha256(coalesce(last.hash, ''::bytea) || digests));
  UPDATE acts_act SET seal_no = coalesce(last.no, 0) + 1 WHERE seq = ANY(chosen);
  RETURN cardinality(chosen);
END $$;

ALTER TABLE acts_act ENABLE ROW LEVEL SECURITY;
CREATE POLICY add ON acts_act FOR INSERT WITH CHECK (true);
CREATE POLICY read ON acts_act FOR SELECT USING (
  (region_id >= nullif(current_setting('songhe.low', true), '')::bigint
   AND region_id < nullif(current_setting('songhe.high', true), '')::bigint
   AND region_id <@ (SELECT nullif(current_setting('songhe.areas', true), '')::int8multirange))
  OR actor_id = ANY((SELECT coalesce(nullif(current_setting('songhe.holders', true), ''), '{}'))::uuid[]));
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'songhe_app') THEN
  REVOKE UPDATE, DELETE, TRUNCATE ON acts_act FROM songhe_app;
  REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON acts_seal FROM songhe_app;
  REVOKE UPDATE, DELETE, TRUNCATE ON acts_once FROM songhe_app;
END IF; END $$;
"""

GONE = """
DROP FUNCTION acts_seal(timestamptz, int);
DROP TRIGGER acts_stamp ON acts_act;
DROP FUNCTION acts_stamp();
DROP FUNCTION acts_digest(acts_act);
DROP POLICY add ON acts_act;
DROP POLICY read ON acts_act;
ALTER TABLE acts_act DISABLE ROW LEVEL SECURITY, DROP COLUMN seq, DROP COLUMN digest, DROP COLUMN seal_no;
"""

# The application deletes no key by itself: the function lets go only of what is old, whatever it is asked.
FORGETTING = """
CREATE FUNCTION acts_forget_once(before timestamptz, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE gone int;
BEGIN
  DELETE FROM acts_once WHERE id IN (
    SELECT id FROM acts_once WHERE at < least(before, now() - interval '30 days') LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
"""

NOT_FORGETTING = "DROP FUNCTION acts_forget_once(timestamptz, int)"
