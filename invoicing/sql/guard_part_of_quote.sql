-- The lines and the instalments of a quote that was sent are part of the offer: none is added, changed or removed.
CREATE OR REPLACE FUNCTION guard_part_of_quote() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT q.number FROM invoicing_quote q
        WHERE q.state <> 'draft'
          AND ((TG_OP <> 'INSERT' AND q.id = OLD.quote_id) OR (TG_OP <> 'DELETE' AND q.id = NEW.quote_id))
    LOOP
        RAISE EXCEPTION 'quote % was sent: what it offers can no longer change', kept.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
