-- Demo households: each belongs to whoever has its key, of which only the hash is kept.
create table demos (
    key_hash bytea not null primary key,
    household_id uuid not null references households (id)
);
create unique index demos_household on demos (household_id);
