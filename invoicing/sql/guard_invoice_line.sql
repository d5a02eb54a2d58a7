-- The lines of an issued document are part of it: none is added, changed or removed.
CREATE OR REPLACE FUNCTION guard_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT i.number FROM invoicing_invoice i
        WHERE i.state IN ('issued', 'credited')
          AND ((TG_OP <> 'INSERT' AND i.id = OLD.invoice_id) OR (TG_OP <> 'DELETE' AND i.id = NEW.invoice_id))
    LOOP
        RAISE EXCEPTION 'document % is issued: its lines can no longer change', kept.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
