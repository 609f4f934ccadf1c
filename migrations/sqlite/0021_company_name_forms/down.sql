DROP TABLE company_name_forms;
