-- Why an invoice was not reminded stays on record; only its end is added, once.
CREATE OR REPLACE FUNCTION guard_reminder_pause() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what stopped the reminders of invoice % stays on record: it is ended, not deleted', OLD.invoice_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    IF OLD.ended_at IS NOT NULL
        OR (to_jsonb(NEW) - 'ended_at' - 'ended_by_id') IS DISTINCT FROM (to_jsonb(OLD) - 'ended_at' - 'ended_by_id') THEN
        RAISE EXCEPTION 'what stopped the reminders of invoice % no longer changes', OLD.invoice_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    RETURN NEW;
END;
$body$;
