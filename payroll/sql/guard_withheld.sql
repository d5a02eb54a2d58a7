-- What a payslip withholds is written and dropped with it while it is calculated; it never changes.
CREATE OR REPLACE FUNCTION guard_withheld() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    of_payslip uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.payslip_id ELSE NEW.payslip_id END;
    now_state text := (SELECT p.state FROM payroll_payslip p WHERE p.id = of_payslip);
BEGIN
    IF TG_OP = 'UPDATE' OR now_state <> 'calculated' THEN
        RAISE EXCEPTION 'what payslip % withholds can no longer change', of_payslip
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'with_payslip';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
