-- Which process works on a job, by a number that it draws when it starts: each process counts its own jobs of a company.
ALTER TABLE jobs ADD COLUMN process INTEGER;
-- For PostgreSQL alone: the attempt for which that process held a lock by which others see that it is there.
ALTER TABLE jobs ADD COLUMN watched_attempt INTEGER;
