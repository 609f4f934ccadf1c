-- The last day, on the account's own clocks, on which the version answered somebody.
ALTER TABLE model_versions ADD COLUMN answered_at DATE;

-- Nobody noted so far which versions answered: each counts as one that did on the day of its training, for else the next
-- training would drop all of them but ten.
UPDATE model_versions SET answered_at = CAST(trained_at AS DATE) WHERE artifact IS NOT NULL;

-- An old version may lose its fitted model and keep what answers.
ALTER TABLE model_versions DROP CONSTRAINT model_versions_check1;
ALTER TABLE model_versions ADD CONSTRAINT model_versions_deleted_is_unfitted
    CHECK (deleted_at IS NULL OR fitted IS NULL);

-- What was trained stays as it was: bytes may go, and nothing else changes but which version answers and when one did.
CREATE FUNCTION model_versions_stay_as_trained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a trained version does not change';
END
$$;

CREATE TRIGGER model_versions_are_not_changed BEFORE UPDATE ON model_versions
    FOR EACH ROW WHEN (
        (NEW.company_id, NEW.account_id, NEW.version, NEW.trained_at, NEW.trained_by, NEW.served, NEW.grid,
         NEW.mae, NEW.rmse, NEW.mape, NEW.mase, NEW.data_from, NEW.data_until, NEW.checksum, NEW.size_bytes)
        IS DISTINCT FROM
        (OLD.company_id, OLD.account_id, OLD.version, OLD.trained_at, OLD.trained_by, OLD.served, OLD.grid,
         OLD.mae, OLD.rmse, OLD.mape, OLD.mase, OLD.data_from, OLD.data_until, OLD.checksum, OLD.size_bytes)
        OR (NEW.artifact IS NOT NULL AND NEW.artifact IS DISTINCT FROM OLD.artifact)
        OR (NEW.fitted IS NOT NULL AND NEW.fitted IS DISTINCT FROM OLD.fitted)
        OR (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
    )
    EXECUTE FUNCTION model_versions_stay_as_trained();

CREATE TRIGGER model_versions_are_not_removed BEFORE DELETE ON model_versions
    FOR EACH ROW EXECUTE FUNCTION model_versions_stay_as_trained();
