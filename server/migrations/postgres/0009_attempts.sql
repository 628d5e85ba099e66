-- How often somebody tried to sign in, by the hash of an email or of a network address.
create table attempts (
    key bytea not null primary key,
    -- When all that was tried is forgotten, in Unix milliseconds: each attempt puts it off.
    free_at bigint not null
);
create index attempts_free_at on attempts (free_at);
