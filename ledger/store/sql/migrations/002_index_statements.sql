-- The way to the newest index statement: each one's size must be at least that of the one before.
CREATE INDEX ledger_event_index_statement ON ledger_event (notification_id)
WHERE topic = 'urn:evidence-ledger:v1:index#IndexPublished';
