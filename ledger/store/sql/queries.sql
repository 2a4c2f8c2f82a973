-- Every statement of the recorder, by name. Parameters are psycopg's: %(name)b is sent in binary.

-- name: lock_head
SELECT size, frontier, recorded_at FROM ledger_head FOR UPDATE;

-- name: head
SELECT size, frontier, recorded_at FROM ledger_head;

-- name: lock_sequencing
SELECT pg_advisory_lock(%(key)b);

-- name: unlock_sequencing
SELECT pg_advisory_unlock(%(key)b);

-- name: load_events
-- LATERAL with its own ORDER BY keeps the planner at one look-up by primary key for each stream.
WITH asked AS (
    SELECT originator_id, version
    FROM unnest(%(originators)b::text[], %(versions)b::bigint[]) AS given (originator_id, version)
    UNION ALL
    SELECT DISTINCT originator_id, 0
    FROM ledger_entry
    WHERE statement_id = ANY (%(statements)b::text[]) AND originator_id <> ALL (%(originators)b::text[])
)
SELECT event.notification_id - 1, event.originator_id, event.originator_version, event.topic, event.state
FROM asked CROSS JOIN LATERAL (
    SELECT *
    FROM ledger_event
    WHERE ledger_event.originator_id = asked.originator_id AND originator_version > asked.version
    ORDER BY originator_version
) AS event
ORDER BY event.notification_id;

-- name: load_statements
SELECT statement_id, position, originator_id
FROM ledger_entry
WHERE statement_id = ANY (%(statements)b::text[]);

-- name: load_keys
SELECT key_id, party FROM ledger_key WHERE key_id = ANY (%(keys)b::text[]);

-- name: load_digests
SELECT digest FROM disclosure WHERE digest = ANY (%(digests)b::text[]);

-- name: append_events
INSERT INTO ledger_event (originator_id, originator_version, topic, state, notification_id)
SELECT originator_id, originator_version, topic, state, %(first)b::bigint + ordinality
FROM unnest(%(originators)b::text[], %(versions)b::bigint[], %(topics)b::text[], %(states)b::bytea[])
    WITH ORDINALITY AS row (originator_id, originator_version, topic, state, ordinality);

-- name: append_entries
INSERT INTO ledger_entry (position, statement_id, originator_id, originator_version, leaf_hash)
SELECT %(first)b::bigint + ordinality - 1, statement_id, originator_id, originator_version, leaf_hash
FROM unnest(%(statements)b::text[], %(originators)b::text[], %(versions)b::bigint[], %(leaves)b::bytea[])
    WITH ORDINALITY AS row (statement_id, originator_id, originator_version, leaf_hash, ordinality);

-- name: append_nodes
INSERT INTO tree_node (level, node_index, hash)
SELECT * FROM unnest(%(levels)b::smallint[], %(indexes)b::bigint[], %(hashes)b::bytea[]);

-- name: append_keys
INSERT INTO ledger_key (key_id, party, position)
SELECT * FROM unnest(%(keys)b::text[], %(parties)b::text[], %(positions)b::bigint[]);

-- name: append_disclosures
INSERT INTO disclosure (digest, position, content)
SELECT * FROM unnest(%(digests)b::text[], %(positions)b::bigint[], %(contents)b::text[]);

-- name: move_head
UPDATE ledger_head SET size = %(size)b, frontier = %(frontier)b, recorded_at = %(recorded_at)b;

-- name: notify
NOTIFY ledger_event;

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
WHERE notification_id = %(position)b::bigint + 1;

-- name: disclosures_of
SELECT position, digest, content
FROM disclosure
WHERE position = ANY (%(positions)b::bigint[])
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
