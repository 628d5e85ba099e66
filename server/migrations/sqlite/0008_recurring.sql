-- What comes again: transactions that are expected on certain days, and plans of certain months.
create table recurring (
    household_id blob not null references households (id),
    id blob not null,
    target text not null check (target in ('fact', 'plan')),
    amount bigint not null check (amount <> 0),
    article_id blob not null,
    financial_center_id blob,
    comment text not null,
    starts_on text not null,
    every_units bigint not null check (every_units > 0),
    unit text not null check (unit in ('week', 'month', 'year')),
    from_month_end boolean not null,
    ends_on text,
    times bigint,
    automatic boolean not null,
    open_from text not null,
    -- The next day that is not settled, to find what is due; none when all are.
    next_on text,
    version bigint not null,
    created_by blob not null,
    updated_by blob not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (household_id, id),
    check ((target = 'fact') = (financial_center_id is not null)),
    foreign key (household_id, article_id) references articles (household_id, id),
    foreign key (household_id, financial_center_id) references financial_centers (household_id, id),
    foreign key (household_id, created_by) references members (household_id, id),
    foreign key (household_id, updated_by) references members (household_id, id)
);
create index recurring_due on recurring (next_on) where automatic and deleted_at is null;

-- Each day that was recorded, planned or skipped: once, whatever runs at once.
create table occurrences (
    household_id blob not null,
    recurring_id blob not null,
    day text not null,
    outcome text not null check (outcome in ('recorded', 'planned', 'skipped')),
    fact_id blob,
    settled_by blob not null,
    settled_at bigint not null,
    primary key (household_id, recurring_id, day),
    foreign key (household_id, recurring_id) references recurring (household_id, id),
    foreign key (household_id, settled_by) references members (household_id, id)
);
