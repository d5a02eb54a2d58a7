-- What happened to a document stays; it goes only with a draft that is discarded.
CREATE OR REPLACE FUNCTION guard_invoice_event() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE'
        OR EXISTS (SELECT 1 FROM invoicing_invoice i WHERE i.id = OLD.invoice_id AND i.state IN ('issued', 'credited')) THEN
        RAISE EXCEPTION 'what happened to document % can no longer change', OLD.invoice_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN OLD;
END;
$body$;
