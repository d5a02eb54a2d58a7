-- A day changes while the pay of its month is not submitted; after that only while the payslip is being corrected.
CREATE OR REPLACE FUNCTION guard_work_day() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT (OLD).contract_id AS contract, (OLD).day AS day WHERE TG_OP <> 'INSERT'
        UNION
        SELECT (NEW).contract_id, (NEW).day WHERE TG_OP <> 'DELETE'
    LOOP
        IF EXISTS (
            SELECT 1 FROM payroll_payrollrun run
            JOIN members_employmentcontract terms ON terms.cooperative_id = run.cooperative_id
            WHERE terms.id = one.contract AND run.month = date_trunc('month', one.day)::date
              AND run.kind = 'ordinary' AND run.state IN ('submitted', 'approved', 'closed')
        ) AND NOT EXISTS (
            SELECT 1 FROM payroll_payrollrun run
            JOIN payroll_payslip slip ON slip.id = run.corrects_id
            WHERE slip.contract_id = one.contract AND slip.nature = '' AND slip.month = date_trunc('month', one.day)::date
              AND run.kind = 'correction' AND run.state IN ('open', 'calculated')
        ) THEN
            RAISE EXCEPTION 'the pay of % of contract % is submitted', to_char(one.day, 'YYYY-MM'), one.contract
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'work_day_month_open';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END;
$body$;
