-- Reading what the disclosures say into disclosure_words (a table of the store, beside that of their contents).

-- name: hold
-- Whoever erases a content waits for whoever has read it, and the other way round (disclosure_words_follow()).
LOCK TABLE disclosure_words IN ROW EXCLUSIVE MODE;

-- name: claim
SELECT notification_id FROM notification_tracking WHERE application_name = %(name)s FOR UPDATE SKIP LOCKED;

-- name: hold_others_off
SELECT notification_id FROM notification_tracking WHERE application_name = %(name)s FOR UPDATE;

-- name: behind
SELECT EXISTS (
    SELECT FROM notification_tracking, ledger_head WHERE application_name = %(name)s AND notification_id < size
) OR EXISTS (SELECT FROM disclosure_words WHERE words IS NULL);

-- name: stop
-- Where a batch that begins at %(start)s ends: after the entry with which its contents exceed %(bytes)s, at the latest
-- at %(end)s.
SELECT coalesce(min(position) + 1, %(end)s) FROM (
    SELECT position, sum(octet_length(content)) OVER (ORDER BY position) AS bytes
    FROM disclosure WHERE position >= %(start)s AND position < %(end)s
) AS each WHERE bytes > %(bytes)s;

-- name: contents
SELECT digest, position, content FROM disclosure
WHERE position >= %(start)s AND position < %(stop)s AND content IS NOT NULL;

-- name: late
-- Contents that came, or changed, after their entries were read.
SELECT digest, disclosure.position, content FROM disclosure_words JOIN disclosure USING (digest)
WHERE words IS NULL AND content IS NOT NULL AND disclosure.position < %(start)s
ORDER BY disclosure.position LIMIT %(limit)s;

-- name: forget
DELETE FROM disclosure_words WHERE position >= %(start)s AND position < %(stop)s OR digest = ANY(%(late)s);

-- name: keep
INSERT INTO disclosure_words (digest, lang, position, member, words)
SELECT digest, lang, position, member, to_tsvector(configuration::regconfig, words) || lexemes::tsvector
FROM unnest(
    %(digests)s::text[], %(langs)s::text[], %(positions)s::bigint[], %(members)s::text[],
    %(configurations)s::text[], %(words)s::text[], %(lexemes)s::text[]
) AS each (digest, lang, position, member, configuration, words, lexemes);

-- name: moved
WITH cleared AS (DELETE FROM projection_failure WHERE view = %(view)s AND position < %(to)s)
UPDATE notification_tracking SET notification_id = %(to)s
WHERE application_name = %(name)s AND notification_id < %(to)s;

-- name: renewed
UPDATE projection_version SET version = %(version)s WHERE view = %(name)s;

-- name: wrong
-- The first position at which words are kept that no content says, or none that one says, or others. What waits to be
-- read is not wrong.
WITH said AS (
    SELECT digest, lang, position, member,
        to_tsvector(configuration::regconfig, words) || lexemes::tsvector AS words
    FROM unnest(
        %(digests)s::text[], %(langs)s::text[], %(positions)s::bigint[], %(members)s::text[],
        %(configurations)s::text[], %(words)s::text[], %(lexemes)s::text[]
    ) AS each (digest, lang, position, member, configuration, words, lexemes)
), kept AS (
    SELECT * FROM disclosure_words WHERE position >= %(start)s AND position < %(stop)s
        OR digest = ANY(%(digests)s)
)
SELECT min(coalesce(said.position, kept.position))
FROM said FULL JOIN kept USING (digest, lang)
WHERE (said.position, said.member, said.words) IS DISTINCT FROM (kept.position, kept.member, kept.words)
    AND digest NOT IN (SELECT waiting.digest FROM disclosure_words AS waiting WHERE words IS NULL);
