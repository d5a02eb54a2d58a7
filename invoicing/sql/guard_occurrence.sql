-- A date of a recurring invoice that was dealt with stays dealt with: otherwise it would be invoiced a second time.
CREATE OR REPLACE FUNCTION guard_occurrence() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'the date % of recurring invoice % was dealt with and can not be forgotten', OLD."on", OLD.recurring_id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END;
$body$;
