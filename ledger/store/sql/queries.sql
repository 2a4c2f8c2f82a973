-- Every statement of the recorder, by name. Parameters are psycopg's, sent in binary; arrays are those of
-- ledger.store.arrays, integers are bigint.

-- name: begin
-- Each statement must see what was committed before it ran, above all while it waited for the lock.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;

-- name: commit
COMMIT;

-- name: lock_head
SELECT size, frontier, recorded_at FROM ledger_head FOR UPDATE;

-- name: head
SELECT size, frontier, recorded_at FROM ledger_head;

-- name: lock_sequencing
SELECT pg_advisory_lock(%(key)b);

-- name: unlock_sequencing
SELECT pg_advisory_unlock(%(key)b);

-- name: load
-- Four answers in one statement; `what` tells them apart: (e)vent, (s)tatement, (k)ey, (d)igest.
-- LATERAL with its own ORDER BY keeps the planner at one look-up by primary key for each stream.
WITH asked AS (
    SELECT originator_id, version
    FROM unnest(%(originators)b, %(versions)b) AS given (originator_id, version)
    UNION ALL
    SELECT DISTINCT originator_id, 0
    FROM ledger_entry
    WHERE statement_id = ANY (%(statements)b) AND originator_id <> ALL (%(originators)b)
)
SELECT 'e' AS what, event.notification_id - 1 AS position, event.originator_id, event.originator_version,
    event.topic AS name, event.state
FROM asked CROSS JOIN LATERAL (
    SELECT *
    FROM ledger_event
    WHERE ledger_event.originator_id = asked.originator_id AND originator_version > asked.version
    ORDER BY originator_version
) AS event
UNION ALL
SELECT 's', position, originator_id, NULL, statement_id, NULL
FROM ledger_entry
WHERE statement_id = ANY (%(statements)b)
UNION ALL
SELECT 'k', position, party, NULL, key_id, NULL
FROM ledger_key
WHERE key_id = ANY (%(keys)b)
UNION ALL
SELECT 'd', position, NULL, NULL, digest, NULL
FROM disclosure
WHERE digest = ANY (%(digests)b)
ORDER BY position;

-- name: append
-- All that a batch changes. `first` is the head's size before it; the entries follow each other in array order.
WITH events AS (
    INSERT INTO ledger_event (originator_id, originator_version, topic, state, notification_id)
    SELECT originator_id, originator_version, topic, state, %(first)b + ordinality
    FROM unnest(%(originators)b, %(versions)b, %(topics)b, %(states)b)
        WITH ORDINALITY AS row (originator_id, originator_version, topic, state, ordinality)
), entries AS (
    INSERT INTO ledger_entry (position, statement_id, originator_id, originator_version, leaf_hash)
    SELECT %(first)b + ordinality - 1, statement_id, originator_id, originator_version, leaf_hash
    FROM unnest(%(originators)b, %(versions)b, %(statements)b, %(leaves)b)
        WITH ORDINALITY AS row (originator_id, originator_version, statement_id, leaf_hash, ordinality)
), nodes AS (
    INSERT INTO tree_node (level, node_index, hash)
    SELECT * FROM unnest(%(levels)b, %(indexes)b, %(hashes)b)
), keys AS (
    INSERT INTO ledger_key (key_id, party, position)
    SELECT * FROM unnest(%(keys)b, %(parties)b, %(key_positions)b)
), disclosures AS (
    INSERT INTO disclosure (digest, content, position)
    SELECT * FROM unnest(%(digests)b, %(contents)b, %(digest_positions)b)
)
UPDATE ledger_head
SET size = %(size)b, frontier = %(frontier)b, recorded_at = %(recorded_at)b
RETURNING pg_notify('ledger_event', '');

-- name: read_entries
SELECT notification_id - 1, state
FROM ledger_event
WHERE notification_id > %(start)b AND notification_id <= %(stop)b
ORDER BY notification_id;

-- name: read_leaf_hashes
SELECT leaf_hash
FROM ledger_entry
WHERE position >= %(start)b AND position < %(stop)b
ORDER BY position;

-- name: read_nodes
SELECT hash
FROM tree_node
WHERE level = %(level)b AND node_index >= %(start)b AND node_index < %(stop)b
ORDER BY node_index;

-- name: entry_by_statement
SELECT event.notification_id - 1, event.originator_id, event.originator_version, event.topic, event.state
FROM ledger_entry AS entry
JOIN ledger_event AS event ON event.notification_id = entry.position + 1
WHERE entry.statement_id = %(statement)b;

-- name: entry_at
SELECT notification_id - 1, originator_id, originator_version, topic, state
FROM ledger_event
WHERE notification_id = %(position)b + 1;

-- name: newest_index
SELECT state
FROM ledger_event
WHERE topic = 'urn:evidence-ledger:v1:index#IndexPublished'
ORDER BY notification_id DESC
LIMIT 1;

-- name: disclosures_of
SELECT position, digest, content
FROM disclosure
WHERE position = ANY (%(positions)b)
ORDER BY position, digest;

-- name: select_events
SELECT originator_id, originator_version, topic, state, notification_id - 1
FROM ledger_event
WHERE originator_id = %(originator)b
    AND (%(gt)b::bigint IS NULL OR originator_version > %(gt)b)
    AND (%(lte)b::bigint IS NULL OR originator_version <= %(lte)b)
ORDER BY originator_version
LIMIT %(limit)b;

-- name: select_events_newest_first
SELECT originator_id, originator_version, topic, state, notification_id - 1
FROM ledger_event
WHERE originator_id = %(originator)b
    AND (%(gt)b::bigint IS NULL OR originator_version > %(gt)b)
    AND (%(lte)b::bigint IS NULL OR originator_version <= %(lte)b)
ORDER BY originator_version DESC
LIMIT %(limit)b;
