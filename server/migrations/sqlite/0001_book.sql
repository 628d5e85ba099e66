-- One book a household. Keys are (household_id, id) and foreign keys composite: a row can refer to
-- nothing that belongs to another household. Instants are Unix milliseconds, days ISO texts, amounts
-- minor units. `folded` is what a search compares, lower-cased by the program.

create table households (
    id blob not null primary key,
    name text not null,
    currency text not null,
    time_zone text not null,
    epoch blob not null,
    seq bigint not null,
    version bigint not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index households_changed on households (changed_at);

create table accounts (
    id blob not null primary key,
    email text not null,
    password_hash text not null,
    language text not null,
    created_at bigint not null
);
create unique index accounts_email on accounts (email);

create table members (
    household_id blob not null references households (id),
    id blob not null,
    account_id blob not null references accounts (id),
    name text not null,
    role text not null,
    colour bigint not null,
    version bigint not null,
    created_at bigint not null,
    primary key (household_id, id)
);
create unique index members_account on members (household_id, account_id);
create index members_of_account on members (account_id);

create table sessions (
    id blob not null primary key,
    account_id blob not null references accounts (id),
    household_id blob not null references households (id),
    token_hash blob not null,
    device text not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    foreign key (household_id, account_id) references members (household_id, account_id)
);
create unique index sessions_token on sessions (token_hash);
create index sessions_account on sessions (account_id);
create index sessions_household on sessions (household_id);

create table invites (
    household_id blob not null references households (id),
    id blob not null,
    token_hash blob not null,
    created_by blob not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (household_id, id),
    foreign key (household_id, created_by) references members (household_id, id)
);
create unique index invites_token on invites (token_hash);

create table articles (
    household_id blob not null references households (id),
    id blob not null,
    name text not null,
    folded text not null,
    kind text not null,
    parent_id blob,
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
    household_id blob not null references households (id),
    id blob not null,
    name text not null,
    folded text not null,
    currency text not null,
    opening_balance bigint not null,
    archived boolean not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (household_id, id)
);

create table facts (
    household_id blob not null references households (id),
    id blob not null,
    amount bigint not null check (amount <> 0),
    article_id blob not null,
    financial_center_id blob not null,
    date text not null,
    comment text not null,
    folded text not null,
    group_id blob,
    group_kind text,
    version bigint not null,
    created_seq bigint not null,
    created_by blob not null,
    updated_by blob not null,
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
    household_id blob not null references households (id),
    seq bigint not null,
    at bigint not null,
    member_id blob not null,
    mutation_id blob,
    mutation_hash blob,
    subject_id blob,
    changes text not null,
    primary key (household_id, seq),
    foreign key (household_id, member_id) references members (household_id, id)
);
create unique index change_log_mutation on change_log (household_id, mutation_id);
