-- The time on a payslip is written, changed and removed only while the payslip is being checked.
CREATE OR REPLACE FUNCTION guard_performance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    slip uuid := CASE WHEN TG_OP = 'INSERT' THEN (NEW).payslip_id ELSE (OLD).payslip_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM payroll_payslip WHERE id = slip AND state <> 'calculated') THEN
        RAISE EXCEPTION 'payslip % is approved, and its time is frozen', slip
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'performance_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
