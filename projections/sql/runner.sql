-- What the runner asks and moves while it keeps the views up to date.

-- name: behind
-- Without a transaction, as it is asked all the time and mostly in vain.
SELECT EXISTS (
    SELECT FROM notification_tracking, ledger_head
    WHERE application_name = ANY(%s) AND notification_id < size
);

-- name: claim
SELECT application_name, notification_id FROM notification_tracking
WHERE application_name = ANY(%s) ORDER BY application_name FOR UPDATE SKIP LOCKED;

-- name: move
-- As the library's single-row tracking has it: a row moves forward only.
WITH cleared AS (DELETE FROM projection_failure WHERE view = ANY(%(views)s) AND position < %(to)s)
UPDATE notification_tracking SET notification_id = %(to)s
WHERE application_name = ANY(%(names)s) AND notification_id < %(to)s;
