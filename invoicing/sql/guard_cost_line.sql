-- The lines of an approved cost are part of it: none is added, changed or removed.
-- Arguments: table of the cost, column of the line that names it.
CREATE OR REPLACE FUNCTION guard_cost_line() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    parents uuid[] := ARRAY[]::uuid[];
    kept text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        parents := parents || (to_jsonb(OLD) ->> TG_ARGV[1])::uuid;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        parents := parents || (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
    END IF;
    EXECUTE format('SELECT number FROM %I WHERE id = ANY ($1) AND state = ''approved'' LIMIT 1', TG_ARGV[0])
        INTO kept USING parents;
    IF kept IS NOT NULL THEN
        RAISE EXCEPTION 'cost % is approved: its lines can no longer change', kept
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
