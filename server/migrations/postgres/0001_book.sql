-- One book a household. Keys are (household_id, id) and foreign keys composite: a row can refer to
-- nothing that belongs to another household. Instants are Unix milliseconds, days ISO texts, amounts
-- minor units. `folded` is what a search compares, lower-cased by the program.

create table households (
    id uuid not null primary key,
    name text collate "C" not null,
    currency text collate "C" not null,
    time_zone text collate "C" not null,
    epoch uuid not null,
    seq bigint not null,
    version bigint not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index households_changed on households (changed_at);

create table accounts (
    id uuid not null primary key,
    email text collate "C" not null,
    password_hash text collate "C" not null,
    language text collate "C" not null,
    created_at bigint not null
);
create unique index accounts_email on accounts (email);

create table members (
    household_id uuid not null references households (id),
    id uuid not null,
    account_id uuid not null references accounts (id),
    name text collate "C" not null,
    role text collate "C" not null,
    colour bigint not null,
    version bigint not null,
    created_at bigint not null,
    primary key (household_id, id)
);
create unique index members_account on members (household_id, account_id);
create index members_of_account on members (account_id);

create table sessions (
    id uuid not null primary key,
    account_id uuid not null references accounts (id),
    household_id uuid not null references households (id),
    token_hash bytea not null,
    device text collate "C" not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    foreign key (household_id, account_id) references members (household_id, account_id)
);
create unique index sessions_token on sessions (token_hash);
create index sessions_account on sessions (account_id);
create index sessions_household on sessions (household_id);

create table invites (
    household_id uuid not null references households (id),
    id uuid not null,
    token_hash bytea not null,
    created_by uuid not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (household_id, id),
    foreign key (household_id, created_by) references members (household_id, id)
);
create unique index invites_token on invites (token_hash);

create table articles (
    household_id uuid not null references households (id),
    id uuid not null,
    name text collate "C" not null,
    folded text collate "C" not null,
    kind text collate "C" not null,
    parent_id uuid,
    archived boolean not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (household_id, id),
    foreign key (household_id, parent_id) references articles (household_id, id)
);
create index articles_parent on articles (household_id, parent_id);

create table financial_centers (
    household_id uuid not null references households (id),
    id uuid not null,
    name text collate "C" not null,
    folded text collate "C" not null,
    currency text collate "C" not null,
    opening_balance bigint not null,
    archived boolean not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (household_id, id)
);

create table facts (
    household_id uuid not null references households (id),
    id uuid not null,
    amount bigint not null check (amount <> 0),
    article_id uuid not null,
    financial_center_id uuid not null,
    date text collate "C" not null,
    comment text collate "C" not null,
    folded text collate "C" not null,
    group_id uuid,
    group_kind text collate "C",
    version bigint not null,
    created_seq bigint not null,
    created_by uuid not null,
    updated_by uuid not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (household_id, id),
    foreign key (household_id, article_id) references articles (household_id, id),
    foreign key (household_id, financial_center_id) references financial_centers (household_id, id),
    foreign key (household_id, created_by) references members (household_id, id),
    foreign key (household_id, updated_by) references members (household_id, id)
);
create index facts_order on facts (household_id, date, created_seq, id);
create index facts_article on facts (household_id, article_id, date);
create index facts_financial_center on facts (household_id, financial_center_id, date);
create index facts_group on facts (household_id, group_id);

-- The truth about what happened, kept for good. `changes` is a JSON array of {event, data, before}.
create table change_log (
    household_id uuid not null references households (id),
    seq bigint not null,
    at bigint not null,
    member_id uuid not null,
    mutation_id uuid,
    mutation_hash bytea,
    subject_id uuid,
    changes text collate "C" not null,
    primary key (household_id, seq),
    foreign key (household_id, member_id) references members (household_id, id)
);
create unique index change_log_mutation on change_log (household_id, mutation_id);
