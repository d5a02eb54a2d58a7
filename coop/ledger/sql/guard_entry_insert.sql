-- Stamps the entry with its transaction, and refuses what a lock of its period forbids or what lies outside the period.
CREATE OR REPLACE FUNCTION guard_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    period record;
    journal text;
    lock record;
BEGIN
    NEW.created_in := pg_current_xact_id()::text::bigint;
    NEW.posted_at := transaction_timestamp();
    SELECT p.first_day, p.fiscal_year_id INTO period FROM entities_period p WHERE p.id = NEW.period_id;
    IF date_trunc('month', NEW.date)::date <> period.first_day OR NEW.fiscal_year_id <> period.fiscal_year_id THEN
        RAISE EXCEPTION 'entry dated % does not lie in period %', NEW.date, period.first_day
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_in_period';
    END IF;
    SELECT code INTO journal FROM ledger_journal WHERE id = NEW.journal_id;
    FOR lock IN
        SELECT kind, state FROM entities_periodlock
        WHERE period_id = NEW.period_id AND (kind = 'year' OR (kind = 'payroll' AND journal = 'SAL'))
        ORDER BY kind FOR SHARE
    LOOP
        IF lock.state <> 'open' THEN
            RAISE EXCEPTION 'period % is locked (%): entry of journal % refused', period.first_day, lock.kind, journal
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'period_lock_' || lock.kind;
        END IF;
    END LOOP;
    RETURN NEW;
END;
$body$;
