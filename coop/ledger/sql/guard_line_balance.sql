-- At the end of the transaction the lines of an entry add up to zero, in journal AN for each account.
CREATE OR REPLACE FUNCTION guard_line_balance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    wrong record;
BEGIN
    SELECT sum(l.amount) AS total INTO wrong FROM ledger_line l WHERE l.entry_id = NEW.entry_id;
    IF wrong.total <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance: its lines add up to %', NEW.entry_id, wrong.total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances';
    END IF;
    SELECT a.number, sum(l.amount) AS total INTO wrong
        FROM ledger_line l
        JOIN ledger_account a ON a.id = l.account_id
        JOIN ledger_entry e ON e.id = l.entry_id
        JOIN ledger_journal j ON j.id = e.journal_id AND j.code = 'AN'
        WHERE l.entry_id = NEW.entry_id GROUP BY a.number HAVING sum(l.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'analytic entry % is not zero on account %: %', NEW.entry_id, wrong.number, wrong.total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'analytic_zero_per_account';
    END IF;
    RETURN NULL;
END;
$body$;
