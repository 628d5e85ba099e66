-- Rows that are not deleted are counted before one more is made.
create index articles_alive on articles (household_id) where deleted_at is null;
create index financial_centers_alive on financial_centers (household_id) where deleted_at is null;
create index recurring_alive on recurring (household_id) where deleted_at is null;
-- The hash of the network that a demo household was made from.
alter table demos add column network bytea;
