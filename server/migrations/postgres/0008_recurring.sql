-- What comes again: transactions that are expected on certain days, and plans of certain months.
create table recurring (
    household_id uuid not null references households (id),
    id uuid not null,
    target text not null check (target in ('fact', 'plan')),
    amount bigint not null check (amount <> 0),
    article_id uuid not null,
    financial_center_id uuid,
    comment text not null,
    starts_on text collate "C" not null,
    every_units bigint not null check (every_units > 0),
    unit text not null check (unit in ('week', 'month', 'year')),
    from_month_end boolean not null,
    ends_on text collate "C",
    times bigint,
    automatic boolean not null,
    open_from text collate "C" not null,
    -- The next day that is not settled, to find what is due; none when all are.
    next_on text collate "C",
    version bigint not null,
    created_by uuid not null,
    updated_by uuid not null,
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
    household_id uuid not null,
    recurring_id uuid not null,
    day text collate "C" not null,
    outcome text not null check (outcome in ('recorded', 'planned', 'skipped')),
    fact_id uuid,
    settled_by uuid not null,
    settled_at bigint not null,
    primary key (household_id, recurring_id, day),
    foreign key (household_id, recurring_id) references recurring (household_id, id),
    foreign key (household_id, settled_by) references members (household_id, id)
);
