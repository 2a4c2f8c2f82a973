-- Which migrations were applied.
CREATE TABLE IF NOT EXISTS ledger_migration (
    component text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_migration_pkey PRIMARY KEY (component, number)
);
