-- The member who wrote the current version of a row, for whoever changes it at the same time; none of those that were
-- written before this migration.
alter table articles add column updated_by uuid;
alter table financial_centers add column updated_by uuid;
