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
    CHECK (parent_id IS NULL OR company_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- What is taken next.
CREATE INDEX jobs_to_take ON jobs (lane, priority, turn, id) WHERE state = 'queued';
-- Whose lease is over, and how many of a company are worked on.
CREATE INDEX jobs_running ON jobs (lane, company_id, leased_until) WHERE state = 'running';
CREATE INDEX jobs_by_parent ON jobs (parent_id, state) WHERE parent_id IS NOT NULL;
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
-- A recurring job is one row that comes back.
CREATE UNIQUE INDEX jobs_one_recurring ON jobs (kind) WHERE company_id IS NULL;
