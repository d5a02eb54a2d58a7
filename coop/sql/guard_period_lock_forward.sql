-- A lock of a period goes from open to locked, never back, and is never deleted.
CREATE OR REPLACE FUNCTION guard_period_lock_forward() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'lock % of period % can never be deleted', OLD.kind, OLD.period_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'period_lock_forward';
    END IF;
    IF OLD.state = 'locked' OR NEW.period_id <> OLD.period_id OR NEW.kind <> OLD.kind THEN
        RAISE EXCEPTION 'lock % of period % goes from open to locked and never back', OLD.kind, OLD.period_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'period_lock_forward';
    END IF;
    RETURN NEW;
END;
$body$;
