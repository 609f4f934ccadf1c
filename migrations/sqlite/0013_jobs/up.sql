-- Work that outlives the request that asked for it, and work that the program asks for by itself. A process takes a job for
-- a while (leased_until) and renews that; the job of one that died is taken by another.
CREATE TABLE jobs (
    -- A UUIDv7 in its text form.
    id            TEXT      NOT NULL PRIMARY KEY,
    company_id    INTEGER   REFERENCES companies (id),
    parent_id     TEXT,
    lane          TEXT      NOT NULL CHECK (lane IN ('training', 'housekeeping')),
    kind          TEXT      NOT NULL,
    account       TEXT,
    -- How to train, in JSON.
    command       TEXT,
    -- Who asked: what the audit log tells of the effect.
    actor_id      INTEGER,
    actor         TEXT      NOT NULL,
    address       TEXT,
    request_id    TEXT,
    priority      INTEGER   NOT NULL,
    turn          INTEGER   NOT NULL,
    state         TEXT      NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    due_at        TEXT      NOT NULL,
    leased_until  TEXT,
    attempts      INTEGER   NOT NULL CHECK (attempts >= 0),
    done          INTEGER   NOT NULL CHECK (done >= 0),
    total         INTEGER   NOT NULL CHECK (total >= 0),
    created_at    TEXT      NOT NULL,
    started_at    TEXT,
    finished_at   TEXT,
    model_version INTEGER,
    -- Why it was given up, in JSON.
    failure       TEXT,
    UNIQUE (company_id, id),
    -- Without a company the pair is not checked; the platform's own jobs have no parts.
    FOREIGN KEY (company_id, parent_id) REFERENCES jobs (company_id, id),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK (parent_id IS NULL OR company_id IS NOT NULL),
    -- A job that waits for its parts is running without a lease.
    CHECK (leased_until IS NULL OR state = 'running')
) STRICT, WITHOUT ROWID;

-- The next job of each company.
CREATE INDEX jobs_to_take ON jobs (lane, company_id, priority, turn, id) WHERE state = 'queued';
-- What processes work on: whose lease is over, and how many there are of a company.
CREATE INDEX jobs_leased ON jobs (lane, leased_until) WHERE leased_until IS NOT NULL;
-- A company's lists, newest first: the parts of a job, and what is part of none.
CREATE INDEX jobs_by_parent ON jobs (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX jobs_part_of_none ON jobs (company_id, id) WHERE parent_id IS NULL;
-- How the parts of a job stand.
CREATE INDEX jobs_by_part_state ON jobs (parent_id, state) WHERE parent_id IS NOT NULL;
-- What people asked for and wait for.
CREATE INDEX jobs_unfinished ON jobs (company_id, priority) WHERE finished_at IS NULL AND parent_id IS NULL;
-- Whether an account is about to be trained.
CREATE INDEX jobs_by_account ON jobs (company_id, account, created_at) WHERE account IS NOT NULL;
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
-- A recurring job is one row that comes back.
CREATE UNIQUE INDEX jobs_one_recurring ON jobs (kind) WHERE company_id IS NULL;
