-- A link stays that of its quote, what was withdrawn stays withdrawn, and none disappears.
CREATE OR REPLACE FUNCTION guard_quote_link() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the link % was given to a customer: it is withdrawn, not deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    IF NEW.quote_id <> OLD.quote_id OR NEW.digest <> OLD.digest OR NEW.expires_on <> OLD.expires_on
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        RAISE EXCEPTION 'the link % keeps its quote, its address and its end', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    RETURN NEW;
END;
$body$;
