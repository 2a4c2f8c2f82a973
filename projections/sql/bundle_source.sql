-- What bundles are made of.

-- name: changes
SELECT DISTINCT view_index.position
FROM view_index JOIN ledger_event ON notification_id = view_index.position + 1
WHERE key = ANY(%s) AND view_index.position < %s
    AND topic ~ '^urn:evidence-ledger:v1:(amendment|control)#'
ORDER BY position;

-- name: entries
SELECT notification_id - 1, state FROM ledger_event
WHERE notification_id = ANY(%s) ORDER BY notification_id;

-- name: nodes
SELECT hash FROM tree_node
WHERE level = %s AND node_index >= %s AND node_index < %s ORDER BY node_index;
