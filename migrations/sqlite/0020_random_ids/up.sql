-- Ids of new users and companies are drawn at random by the program: counted ones tell every company how many there are of
-- all. Ids that were counted stay. Lists follow creation.
CREATE INDEX companies_by_creation ON companies (created_at, id);
CREATE INDEX users_by_creation ON users (company_id, created_at, id);
