-- The rules of one line: it joins an entry only in the transaction that created it; classes 6, 7 and 9 name an activity,
-- VAT accounts none; class 9 stands in journal AN and only there; a VAT tag needs an open VAT lock.
CREATE OR REPLACE FUNCTION guard_line_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    entry record;
    account record;
    state text;
BEGIN
    SELECT e.created_in, e.posted_at, e.period_id, j.code AS journal INTO entry
        FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id WHERE e.id = NEW.entry_id;
    IF NOT FOUND OR entry.created_in <> pg_current_xact_id()::text::bigint
        OR entry.posted_at <> transaction_timestamp() THEN
        RAISE EXCEPTION 'entry % is posted: no line can join it any more', NEW.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_same_transaction';
    END IF;
    SELECT a.number, a.is_vat INTO account FROM ledger_account a WHERE a.id = NEW.account_id;
    IF left(account.number, 1) IN ('6', '7', '9') AND NEW.activity_id IS NULL THEN
        RAISE EXCEPTION 'a line on account % needs an activity', account.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_needs_activity';
    END IF;
    IF account.is_vat AND NEW.activity_id IS NOT NULL THEN
        RAISE EXCEPTION 'VAT on account % belongs to no activity', account.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_vat_no_activity';
    END IF;
    IF (left(account.number, 1) = '9') <> (entry.journal = 'AN') THEN
        RAISE EXCEPTION 'account % in journal %: class 9 stands in AN, and AN holds nothing else',
            account.number, entry.journal
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_analytic_apart';
    END IF;
    IF NEW.vat_code <> '' THEN
        SELECT l.state INTO state FROM entities_periodlock l
            WHERE l.period_id = entry.period_id AND l.kind = 'vat' FOR SHARE;
        IF state <> 'open' THEN
            RAISE EXCEPTION 'the VAT of the period is locked: line with VAT code % refused', NEW.vat_code
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'period_lock_vat';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$;
