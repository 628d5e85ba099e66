-- So that a repeated request for an invitation gets the same link: its token is made from the request's
-- own key, of which only the hash is kept, and this salt. Neither alone leads to the token.
alter table invites add column key_hash blob;
alter table invites add column salt blob;
create unique index invites_key on invites (household_id, key_hash);
