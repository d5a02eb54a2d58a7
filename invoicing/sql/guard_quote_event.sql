-- What happened to a quote stays; it goes only with a draft that is discarded.
CREATE OR REPLACE FUNCTION guard_quote_event() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE'
        OR EXISTS (SELECT 1 FROM invoicing_quote q WHERE q.id = OLD.quote_id AND q.state <> 'draft') THEN
        RAISE EXCEPTION 'what happened to quote % can no longer change', OLD.quote_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN OLD;
END;
$body$;
