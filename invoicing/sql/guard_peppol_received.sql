-- What came in stays as it came; the purchase that was made of it stays its purchase.
CREATE OR REPLACE FUNCTION guard_peppol_received() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the message % came in: it is kept', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    IF NEW.cooperative_id <> OLD.cooperative_id OR NEW.message_id <> OLD.message_id OR NEW.sender <> OLD.sender
        OR NEW.document_id <> OLD.document_id OR NEW.number <> OLD.number OR NEW.gross IS DISTINCT FROM OLD.gross
        OR NEW.obstacles <> OLD.obstacles OR NEW.findings <> OLD.findings
        OR (OLD.supplier_invoice_id IS NOT NULL AND NEW.supplier_invoice_id IS DISTINCT FROM OLD.supplier_invoice_id) THEN
        RAISE EXCEPTION 'the message % stays as it came', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    IF NEW.supplier_invoice_id IS NOT NULL AND NEW.obstacles <> '[]'::jsonb THEN
        RAISE EXCEPTION 'the message % is not right: no purchase is made of it', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'never_booked';
    END IF;
    RETURN NEW;
END;
$body$;
