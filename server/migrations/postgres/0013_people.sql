-- The day on which a household is erased from every table; none while nobody has asked for it.
alter table households add column erase_on text;
create index households_erase_on on households (erase_on) where erase_on is not null;

-- A link by which a member sets a new password: one at most for each member, good for one use. It ends when it is
-- used or withdrawn, or when the account signs in, joins a household or gets another password.
create table password_links (
    household_id uuid not null references households (id),
    member_id uuid not null,
    account_id uuid not null references accounts (id),
    token_hash bytea not null,
    created_by uuid not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    key_hash bytea,
    salt bytea,
    primary key (household_id, member_id),
    foreign key (household_id, member_id) references members (household_id, id),
    foreign key (household_id, created_by) references members (household_id, id)
);
create unique index password_links_token on password_links (token_hash);
create index password_links_account on password_links (account_id);
