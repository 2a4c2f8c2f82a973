-- What the index's trie is read and grown from; its tables are in index_trie.sql.

-- name: nodes
SELECT asked.path, node.hash, node.key, node.count, node.frontier
FROM unnest(%(paths)s::text[]) AS asked (path) CROSS JOIN LATERAL (
    SELECT * FROM index_node
    WHERE index_node.path = asked.path COLLATE "C" AND size <= %(size)s
    ORDER BY size DESC LIMIT 1
) AS node;

-- name: added
SELECT view_index.position, view_index.key, ledger_entry.leaf_hash
FROM view_index JOIN ledger_entry USING (position)
WHERE position >= %s AND position < %s ORDER BY position;

-- name: pairs
SELECT position, leaf_hash FROM view_index JOIN ledger_entry USING (position)
WHERE key = %s AND position < %s ORDER BY position;

-- name: published
SELECT notification_id - 1, state FROM ledger_event
WHERE topic = 'urn:evidence-ledger:v1:index#IndexPublished' AND notification_id <= %s
ORDER BY notification_id;

-- name: newest_published
SELECT notification_id - 1, state FROM ledger_event
WHERE topic = 'urn:evidence-ledger:v1:index#IndexPublished' AND notification_id <= %s
ORDER BY notification_id DESC LIMIT 1;
