-- What the auditor reads: every table of the log, in order of position, as it is stored.

-- name: head
SELECT size, frontier, recorded_at FROM ledger_head;

-- name: states
SELECT notification_id - 1, state
FROM ledger_event
WHERE notification_id > %(start)b AND notification_id <= %(stop)b
ORDER BY notification_id;

-- name: leaves
SELECT position, leaf_hash
FROM ledger_entry
WHERE position >= %(start)b AND position < %(stop)b
ORDER BY position;

-- name: events
SELECT notification_id - 1, originator_id, originator_version, topic, state
FROM ledger_event
WHERE notification_id > %(start)b AND notification_id <= %(stop)b
ORDER BY notification_id;

-- name: entries
SELECT position, statement_id, originator_id, originator_version, leaf_hash
FROM ledger_entry
WHERE position >= %(start)b AND position < %(stop)b
ORDER BY position;

-- name: keys
SELECT position, key_id, party FROM ledger_key ORDER BY position, key_id;

-- name: disclosures
SELECT position, digest, content
FROM disclosure
WHERE position >= %(start)b AND position < %(stop)b
ORDER BY position, digest;

-- name: nodes
SELECT level, node_index, hash FROM tree_node ORDER BY level, node_index;

-- name: beyond
-- Rows of positions that the log does not have.
SELECT 'ledger_event' FROM ledger_event WHERE notification_id > %(size)b
UNION ALL SELECT 'ledger_entry' FROM ledger_entry WHERE position < 0 OR position >= %(size)b
UNION ALL SELECT 'disclosure' FROM disclosure WHERE position < 0 OR position >= %(size)b
LIMIT 1;
