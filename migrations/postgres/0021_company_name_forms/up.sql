-- What companies' names look like: a form belongs to one company, so that no two names are taken for one another, whichever
-- process writes. The program computes the forms, at its start those of the companies that are there. Where two looked alike
-- before, the older one has the form, and both stay as they are.
CREATE TABLE company_name_forms (
    form       TEXT   NOT NULL PRIMARY KEY,
    company_id BIGINT NOT NULL REFERENCES companies (id)
);
CREATE INDEX company_name_forms_of_company ON company_name_forms (company_id);

GRANT SELECT, INSERT, DELETE ON company_name_forms TO atalaya_app;
ALTER TABLE company_name_forms ENABLE ROW LEVEL SECURITY;
ALTER TABLE company_name_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON company_name_forms TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_platform ON company_name_forms TO atalaya_app USING ((SELECT reaches_platform()));
