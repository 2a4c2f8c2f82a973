-- What every reader of the views asks: moments, entries, and what bears on them.

-- name: head
SELECT size FROM ledger_head;

-- name: size_at
-- Every entry has a signer, so its rows lead from a time to a position.
SELECT position + 1 FROM view_timeline WHERE key LIKE 'signed:%%' AND recorded_at <= %s
ORDER BY recorded_at DESC, position DESC LIMIT 1;

-- name: entries
SELECT e.notification_id - 1, e.state,
    array(SELECT content FROM disclosure WHERE position = e.notification_id - 1 AND content IS NOT NULL)
FROM ledger_event e WHERE e.notification_id = ANY(%s);

-- name: by_id
SELECT position FROM ledger_entry WHERE statement_id = ANY(%s) AND position < %s;

-- name: by_key
-- {view} is a view's table.
SELECT DISTINCT position FROM {view} WHERE key = ANY(%s) AND position < %s;

-- name: referrers
-- Whatever may change how an item stands: its own issuers' amendments, its voice's adoption or disavowal, a link.
SELECT DISTINCT position FROM view_timeline
WHERE key = ANY(%s) AND kind IN ('amendment', 'response', 'link') AND position < %s;

-- name: batch
SELECT notification_id - 1, state FROM ledger_event
WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id;

-- name: reached
SELECT application_name, notification_id FROM notification_tracking WHERE application_name = ANY(%s);

-- name: versions
SELECT view, version FROM projection_version;

-- name: failed
INSERT INTO projection_failure AS f (view, position, error, attempts) VALUES (%s, %s, %s, 1)
ON CONFLICT (view) DO UPDATE SET position = EXCLUDED.position, error = EXCLUDED.error, last_at = now(),
    attempts = CASE WHEN f.position = EXCLUDED.position THEN f.attempts + 1 ELSE 1 END,
    first_at = CASE WHEN f.position = EXCLUDED.position THEN f.first_at ELSE now() END
RETURNING attempts;

-- name: hold
-- Keeps the runners of these views out until the transaction ends.
SELECT 1 FROM notification_tracking WHERE application_name = ANY(%s) ORDER BY application_name FOR UPDATE;
