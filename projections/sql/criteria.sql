-- Clauses of laws and standards by issue (rel issue, key the issue; rel opens, key the own id); else a reference (key the id).
CREATE TABLE view_criteria (
    position bigint NOT NULL,
    statement_id text COLLATE "C" NOT NULL,
    key text COLLATE "C",
    rel text COLLATE "C" NOT NULL
);
CREATE INDEX view_criteria_key ON view_criteria (key, position);
CREATE INDEX view_criteria_position ON view_criteria (position)
