-- The payslips that count never withhold more than the claim of an attachment or the amount of a deduction.
CREATE OR REPLACE FUNCTION guard_claims() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    exceeded uuid;
BEGIN
    IF NEW.state <> 'approved' OR OLD.state = 'approved' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM payroll_wageattachment a
        WHERE a.id IN (SELECT w.attachment_id FROM payroll_withheld w WHERE w.payslip_id = NEW.id)
        ORDER BY a.id FOR NO KEY UPDATE;
    PERFORM 1 FROM payroll_paydeduction d
        WHERE d.id IN (SELECT w.deduction_id FROM payroll_withheld w WHERE w.payslip_id = NEW.id)
        ORDER BY d.id FOR NO KEY UPDATE;
    SELECT coalesce(mine.attachment_id, mine.deduction_id) INTO exceeded
    FROM payroll_withheld mine
    LEFT JOIN payroll_wageattachment a ON a.id = mine.attachment_id
    LEFT JOIN payroll_paydeduction d ON d.id = mine.deduction_id
    WHERE mine.payslip_id = NEW.id AND coalesce(a.claim, d.amount) < (
        SELECT sum(w.amount) FROM payroll_withheld w JOIN payroll_payslip p ON p.id = w.payslip_id
        WHERE p.state = 'approved' AND (w.attachment_id = mine.attachment_id OR w.deduction_id = mine.deduction_id))
    LIMIT 1;
    IF exceeded IS NOT NULL THEN
        RAISE EXCEPTION 'payslip % withholds more than is left of %', NEW.id, exceeded
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'claims';
    END IF;
    RETURN NULL;
END;
$body$;
