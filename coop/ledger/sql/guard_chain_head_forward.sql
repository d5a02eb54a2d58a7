-- The head of a chain moves forward by one link, only while a link is being added, and is never deleted.
CREATE OR REPLACE FUNCTION guard_chain_head_forward() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.cooperative_id <> OLD.cooperative_id OR NEW.position <> OLD.position + 1
        OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the head of a chain moves only forward, by adding a link'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'chain_head_forward';
    END IF;
    RETURN NEW;
END;
$body$;
