-- At the end of the transaction an entry has at least two lines, adds up to zero (in AN per account), and is sealed.
CREATE OR REPLACE FUNCTION guard_entry_complete() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    lines integer;
    total numeric;
BEGIN
    SELECT count(*), coalesce(sum(amount), 0) INTO lines, total FROM ledger_line WHERE entry_id = NEW.id;
    IF lines < 2 THEN
        RAISE EXCEPTION 'entry % (%) has % line(s); at least two are needed', NEW.id, NEW.text, lines
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_has_lines';
    END IF;
    IF total <> 0 THEN
        RAISE EXCEPTION 'entry % (%) does not balance: its lines add up to %', NEW.id, NEW.text, total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM ledger_chainrecord WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % (%) is not sealed in the chain', NEW.id, NEW.text
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_sealed';
    END IF;
    RETURN NULL;
END;
$body$;
