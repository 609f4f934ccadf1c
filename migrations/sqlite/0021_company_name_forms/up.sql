-- What companies' names look like: a form belongs to one company, so that no two names are taken for one another, whichever
-- process writes. The program computes the forms, at its start those of the companies that are there. Where two looked alike
-- before, the older one has the form, and both stay as they are.
CREATE TABLE company_name_forms (
    form       TEXT    NOT NULL PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id)
) STRICT;
CREATE INDEX company_name_forms_of_company ON company_name_forms (company_id);
