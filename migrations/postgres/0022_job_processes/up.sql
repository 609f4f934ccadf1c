-- Which process works on a job, by a number that it draws when it starts: each process counts its own jobs of a company.
ALTER TABLE jobs ADD COLUMN process BIGINT;
-- The attempt for which that process held an advisory lock on its number. Where the job is still in that attempt and nobody
-- holds the lock any more, the process is gone, and its job need not wait for the end of the lease.
ALTER TABLE jobs ADD COLUMN watched_attempt INTEGER;
