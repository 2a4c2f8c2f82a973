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
