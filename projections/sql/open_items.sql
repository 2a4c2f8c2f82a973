-- Requests and commitments and all that became of them: rel 'request' or
-- 'commitment' (key: the statement's own id), 'subject'
-- (key: a subject's name), 'asks' (key: an addressee), else a reference's rel (key: the statement referred to).
CREATE TABLE view_open_items (
    position bigint NOT NULL,
    statement_id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    rel text COLLATE "C" NOT NULL
);
CREATE INDEX view_open_items_key ON view_open_items (key, rel, position);
CREATE INDEX view_open_items_position ON view_open_items (position);
CREATE INDEX view_open_items_opened ON view_open_items (position) WHERE rel IN ('request', 'commitment')
