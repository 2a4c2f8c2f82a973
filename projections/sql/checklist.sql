-- Investigations and what was asked and answered about each: rel 'opens' (key: the statement's own id), else a
-- reference's rel (key: the statement referred to).
CREATE TABLE view_checklist (
    position bigint NOT NULL,
    statement_id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    rel text COLLATE "C" NOT NULL
);
CREATE INDEX view_checklist_key ON view_checklist (key, rel, position);
CREATE INDEX view_checklist_position ON view_checklist (position)
