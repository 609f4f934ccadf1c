-- What a request asked for was told by a hash without a key, of its path and body (fingerprint). The body of a registration
-- holds a password, so whoever had the table could try passwords without bcrypt and pepper. The code under a key of the
-- installation (HMAC-SHA-256) stands in a column of its own: the program before this migration may serve beside the new one,
-- and neither takes what the other wrote for a match of its own.
ALTER TABLE idempotency_keys ADD COLUMN content_code BYTEA CHECK (length(content_code) = 32);

-- The old hashes are overwritten with random bytes, which match nothing. The rows stay, so that no request has a second
-- effect. What the program before writes from now on has no content_code, by which the pruning finds and overwrites it.
UPDATE idempotency_keys
SET fingerprint = uuid_send(gen_random_uuid()),
    content_code = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
