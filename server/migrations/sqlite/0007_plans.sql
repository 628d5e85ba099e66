-- What is meant to be spent or received on an article in a month, in minor units of the household's currency.
create table plans (
    household_id blob not null references households (id),
    article_id blob not null,
    month text not null,
    amount bigint not null check (amount >= 0),
    version bigint not null,
    updated_by blob not null,
    updated_at bigint not null,
    primary key (household_id, article_id, month),
    foreign key (household_id, article_id) references articles (household_id, id),
    foreign key (household_id, updated_by) references members (household_id, id)
);
create index plans_month on plans (household_id, month);
