-- A message keeps what it is and to whom it goes; once delivered or refused it stays so, and none disappears.
CREATE OR REPLACE FUNCTION guard_peppol_transmission() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the message % may have left: it is never deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    IF NEW.id <> OLD.id OR NEW.cooperative_id <> OLD.cooperative_id OR NEW.network <> OLD.network
        OR NEW.invoice_id IS DISTINCT FROM OLD.invoice_id OR NEW.received_id IS DISTINCT FROM OLD.received_id
        OR NEW.code <> OLD.code OR NEW.content <> OLD.content OR NEW.sender <> OLD.sender
        OR NEW.recipient <> OLD.recipient OR NEW.attempts < OLD.attempts THEN
        RAISE EXCEPTION 'the message % keeps what it is and to whom it goes', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    IF OLD.state IN ('delivered', 'refused') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'the message % is %: that does not change', OLD.id, OLD.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    RETURN NEW;
END;
$body$;
