-- The ledger's tables as they are after every migration; tests/migration holds the two against each other.
-- Order is always COLLATE "C": the embedded server has no ICU, and bytes are what we compare.

-- The event store, in the shape of the event-sourcing library. notification_id = leaf index + 1, without gaps.
-- state holds the entry bytes verbatim; they are hashed and signed, so they are kept whole and uncompressed.
CREATE TABLE ledger_event (
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    CONSTRAINT ledger_event_pkey PRIMARY KEY (originator_id, originator_version),
    CONSTRAINT ledger_event_notification_id_key UNIQUE (notification_id),
    CONSTRAINT ledger_event_notification_id_check CHECK (notification_id > 0)
) WITH (toast_tuple_target = 8160);

ALTER TABLE ledger_event ALTER COLUMN state SET STORAGE EXTERNAL;

-- The way to the newest index statement.
CREATE INDEX ledger_event_index_statement ON ledger_event (notification_id)
WHERE topic = 'urn:evidence-ledger:v1:index#IndexPublished';

-- One row, locked first and updated last by every append; frontier is `merkle.Frontier.to_bytes()`.
-- A low fill factor keeps its updates within the page.
CREATE TABLE ledger_head (
    singleton boolean NOT NULL DEFAULT true,
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    recorded_at text COLLATE "C" NOT NULL,
    CONSTRAINT ledger_head_pkey PRIMARY KEY (singleton),
    CONSTRAINT ledger_head_singleton_check CHECK (singleton),
    CONSTRAINT ledger_head_size_check CHECK (size >= 0)
) WITH (fillfactor = 10);

INSERT INTO ledger_head (size, frontier, recorded_at) VALUES (0, decode('0000000000000000', 'hex'), '');

-- position = leaf index. statement_id is null for events that are no statements (the library's own interface).
CREATE TABLE ledger_entry (
    position bigint NOT NULL,
    statement_id text COLLATE "C",
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT ledger_entry_pkey PRIMARY KEY (position),
    CONSTRAINT ledger_entry_statement_id_key UNIQUE (statement_id),
    CONSTRAINT ledger_entry_leaf_hash_check CHECK (octet_length(leaf_hash) = 32)
);

-- Complete sub-trees of 256^k leaves: level 8, 16, 24... counted from the leaves.
CREATE TABLE tree_node (
    level smallint NOT NULL,
    node_index bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT tree_node_pkey PRIMARY KEY (level, node_index),
    CONSTRAINT tree_node_level_check CHECK (level > 0 AND level % 8 = 0),
    CONSTRAINT tree_node_hash_check CHECK (octet_length(hash) = 32)
);

-- A key belongs to one party, once, for ever.
CREATE TABLE ledger_key (
    key_id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT ledger_key_pkey PRIMARY KEY (key_id)
);

-- Every digest of an `_sd` is taken once in the ledger. content is null for a decoy and after an erasure.
CREATE TABLE disclosure (
    digest text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    content text COLLATE "C",
    CONSTRAINT disclosure_pkey PRIMARY KEY (digest)
);

CREATE INDEX disclosure_position_idx ON disclosure (position);

-- What the disclosures held say, for search: their lexemes, one row for each language of a disclosure's texts. The
-- projector fills it behind the appends (projections/disclosed.py). words is null while a content that came later
-- waits to be read.
CREATE TABLE disclosure_words (
    digest text COLLATE "C" NOT NULL,
    lang text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    member text COLLATE "C" NOT NULL,
    words tsvector,
    CONSTRAINT disclosure_words_pkey PRIMARY KEY (digest, lang)
);

CREATE INDEX disclosure_words_words_idx ON disclosure_words USING gin (words);

CREATE INDEX disclosure_words_position_idx ON disclosure_words (position);

CREATE INDEX disclosure_words_waiting_idx ON disclosure_words (position) WHERE words IS NULL;

-- Whatever happens to a disclosure's content happens to its words in the same transaction: erased with it, and to be
-- read again after a change. The lock waits for whoever is just reading contents, so that what it read is committed,
-- and seen and deleted here.
CREATE FUNCTION disclosure_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE disclosure_words IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM disclosure_words WHERE digest = OLD.digest;
    IF TG_OP = 'UPDATE' AND NEW.content IS NOT NULL THEN
        INSERT INTO disclosure_words (digest, lang, position, member)
        VALUES (NEW.digest, '', NEW.position, '');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER disclosure_words_follow AFTER UPDATE OR DELETE ON disclosure
FOR EACH ROW EXECUTE FUNCTION disclosure_words_follow();

-- What was published: one row for each tree whose tiles lie in the public files, written before the first of
-- them is put. finished_at is set once the checkpoint is put, after which the row stays as it is.
CREATE TABLE publication (
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text COLLATE "C" NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT publication_pkey PRIMARY KEY (size),
    CONSTRAINT publication_size_check CHECK (size > 0),
    CONSTRAINT publication_root_check CHECK (octet_length(root) = 32)
);

-- One at a time is under way.
CREATE UNIQUE INDEX publication_unfinished_key ON publication ((finished_at IS NULL)) WHERE finished_at IS NULL;

-- Replies of time-stamping authorities (RFC 3161), as they came, over the checkpoints that were published.
CREATE TABLE time_stamp (
    size bigint NOT NULL,
    authority text COLLATE "C" NOT NULL,
    stamped_at text COLLATE "C" NOT NULL,
    reply bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT time_stamp_pkey PRIMARY KEY (size, authority),
    CONSTRAINT time_stamp_size_fkey FOREIGN KEY (size) REFERENCES publication (size)
);
