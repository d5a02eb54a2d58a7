-- A link follows the head of its cooperative's chain and becomes the head, in the same transaction.
CREATE OR REPLACE FUNCTION guard_chain_follows() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    head record;
BEGIN
    SELECT * INTO head FROM ledger_chainhead WHERE cooperative_id = NEW.cooperative_id FOR UPDATE;
    IF NOT FOUND OR NEW.position <> head.position + 1 OR NEW.previous <> head.hash THEN
        RAISE EXCEPTION 'link % does not follow the head of the chain', NEW.position
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'chain_follows';
    END IF;
    IF NEW.hash <> encode(sha256(convert_to(NEW.previous || NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'link % carries a wrong hash', NEW.position
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'chain_hash';
    END IF;
    UPDATE ledger_chainhead SET position = NEW.position, hash = NEW.hash WHERE cooperative_id = NEW.cooperative_id;
    RETURN NEW;
END;
$body$;
