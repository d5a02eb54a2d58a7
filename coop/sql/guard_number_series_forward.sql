-- A counter moves forward by one, its date never runs backwards, and it is never deleted.
CREATE OR REPLACE FUNCTION guard_number_series_forward() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'series % of % can never be deleted', OLD.kind, OLD.year
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_series_forward';
    END IF;
    IF NEW.last_number NOT IN (OLD.last_number, OLD.last_number + 1)
        OR (NEW.last_date IS NULL AND OLD.last_date IS NOT NULL) OR NEW.last_date < OLD.last_date
        OR NEW.cooperative_id <> OLD.cooperative_id OR NEW.kind <> OLD.kind OR NEW.year <> OLD.year
        OR NEW.activity_id IS DISTINCT FROM OLD.activity_id
        OR (OLD.last_number > 0 AND NEW.template <> OLD.template) THEN
        RAISE EXCEPTION 'series % of % moves forward by one, in the order of dates', OLD.kind, OLD.year
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_series_forward';
    END IF;
    RETURN NEW;
END;
$body$;
