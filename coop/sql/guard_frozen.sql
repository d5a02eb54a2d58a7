-- A row in a frozen state changes in no column but the listed ones, and is never deleted.
-- Arguments: state column, frozen states (comma separated), columns that may still change (comma separated).
CREATE OR REPLACE FUNCTION guard_frozen() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    before jsonb := to_jsonb(OLD);
    frozen boolean := (before ->> TG_ARGV[0]) = ANY (string_to_array(TG_ARGV[1], ','));
    free text[] := string_to_array(TG_ARGV[2], ',');
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF frozen THEN
            RAISE EXCEPTION '% % is % and can never be deleted', TG_TABLE_NAME, before ->> 'id', before ->> TG_ARGV[0]
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
        END IF;
        RETURN OLD;
    END IF;
    IF frozen AND (to_jsonb(NEW) - free) IS DISTINCT FROM (before - free) THEN
        RAISE EXCEPTION '% % is % and can no longer change', TG_TABLE_NAME, before ->> 'id', before ->> TG_ARGV[0]
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'frozen';
    END IF;
    RETURN NEW;
END;
$body$;
